import { metricFromConfig } from '@gradus/metrics';
import type { MetricState } from '@gradus/metrics';
import type { Tensor } from '@gradus/tensor';
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
  const config = translateConfig(c.config);
  // What is counted in whole numbers says so; the dtype of all others is float32.
  if ((c.className ?? '').endsWith('IoU'))
    config['dtype'] = /float/.test(String(c.config?.['dtype'])) ? 'float32' : 'int32';
  const metric = metricFromConfig(c.className ?? '', config);
  let state: MetricState | undefined;
  c.updates.forEach((update, i) => {
    const prediction = readTensor((update.yPred ?? update.values) as Saved);
    if (state === undefined || update.resetBefore === true) state = metric.init(prediction.shape);
    const target = update.yTrue === undefined ? prediction : readTensor(update.yTrue);
    const weight = update.sampleWeight ? readTensor(update.sampleWeight) : null;
    if (!isSaved(update.result))
      throw new Unsupported('metrics with several results are not supported yet');
    const weights = weight === null ? [] : [weight];
    const updated = check.run(
      ([before, t, p, w]: readonly [MetricState, Tensor, Tensor, readonly Tensor[]]) => {
        const after = metric.update(before, t, p, w[0] ?? null);
        return [after, metric.result(after)] as const;
      },
      [state, target, prediction, weights] as const,
    );
    state = updated[0];
    check.tensor(`update ${i}`, updated[1], update.result, toleranceOf(c, 'outputs'));
  });
}
