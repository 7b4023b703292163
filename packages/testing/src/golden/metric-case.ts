import { metricFromConfig } from '@gradus/metrics';
import type { MetricState } from '@gradus/metrics';
import type { Comparison } from './comparison.js';
import { isSaved, readTensor, toleranceOf, Unsupported } from './format.js';
import type { GoldenCase, Saved } from './format.js';
import { translateConfig } from './keras-names.js';

interface MetricCase extends GoldenCase {
  readonly updates: readonly {
    readonly yTrue?: Saved;
    readonly yPred?: Saved;
    readonly values?: Saved;
    readonly sampleWeight?: Saved | null;
    readonly resetBefore?: boolean;
    readonly result: unknown;
  }[];
}

/** kind `metric`: the result after each update. */
export function runMetric(golden: GoldenCase, check: Comparison): void {
  const c = golden as MetricCase;
  const metric = metricFromConfig(c.className ?? '', translateConfig(c.config));
  let state: MetricState | undefined;
  c.updates.forEach((update, i) => {
    const prediction = readTensor((update.yPred ?? update.values) as Saved);
    if (state === undefined || update.resetBefore === true) state = metric.init(prediction.shape);
    const target = update.yTrue === undefined ? prediction : readTensor(update.yTrue);
    const weight = update.sampleWeight ? readTensor(update.sampleWeight) : null;
    state = metric.update(state, target, prediction, weight);
    if (!isSaved(update.result))
      throw new Unsupported('metrics with several results are not supported yet');
    check.tensor(`update ${i}`, metric.result(state), update.result, toleranceOf(c, 'outputs'));
  });
}
