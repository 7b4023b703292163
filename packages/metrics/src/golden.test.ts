import { existsSync, readFileSync } from 'node:fs';
import { tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { metricFromConfig } from './index.js';

/** Numbers of real Keras 3.15.1, beside the repository where somebody has put them. */
const file = new URL('../../../../shared/keras-golden/metrics.json', import.meta.url);
const absent = !existsSync(file);

interface Saved {
  readonly shape: number[];
  readonly dtype: string;
  readonly data: (number | string)[];
}
interface Update {
  readonly yTrue?: Saved;
  readonly yPred?: Saved;
  readonly values?: Saved;
  readonly sampleWeight?: Saved;
  readonly resetBefore?: boolean;
  readonly result: Saved;
}
interface Case {
  readonly name: string;
  readonly className: string;
  readonly config: Record<string, unknown>;
  readonly updates: Update[];
  readonly tolerance: { readonly outputs: { readonly rtol: number; readonly atol: number } };
}

const number = (x: number | string): number =>
  typeof x === 'number' ? x : Number(x.replace('inf', 'Infinity').replace('nan', 'NaN'));
const load = ({ shape, dtype, data }: Saved): Tensor =>
  tensor(Float64Array.from(data, number), {
    shape,
    dtype: dtype === 'bool' ? 'bool' : dtype.startsWith('float') ? 'float32' : 'int32',
  });
const camel = (text: string): string =>
  text.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

describe.skipIf(absent)(
  'metrics of Keras 3.15.1 (skipped where the golden numbers are absent)',
  () => {
    const cases = absent ? [] : (JSON.parse(readFileSync(file, 'utf8')) as Case[]);
    for (const c of cases)
      it(c.name, () => {
        const config = Object.fromEntries(
          Object.entries(c.config).map(([key, value]) => [camel(key), value]),
        );
        const aggregation = config['classAggregation'];
        if (typeof aggregation === 'string') config['classAggregation'] = camel(aggregation);
        const metric = metricFromConfig(c.className, config);
        let state = metric.init((c.updates[0]?.yPred ?? c.updates[0]?.values)?.shape);
        for (const u of c.updates) {
          const prediction = load((u.yPred ?? u.values) as Saved);
          if (u.resetBefore) state = metric.init(prediction.shape);
          const weight = u.sampleWeight ? load(u.sampleWeight) : null;
          state = metric.update(state, u.yTrue ? load(u.yTrue) : prediction, prediction, weight);
          const got = metric.result(state);
          expect(got.shape).toEqual(u.result.shape);
          const { rtol, atol } = c.tolerance.outputs;
          u.result.data.map(number).forEach((b, index) => {
            const a = got.data[index] as number;
            if (!Object.is(a, b) && !(Math.abs(a - b) <= atol + rtol * Math.abs(b)))
              expect.fail(`[${index}] ${a} is not ${b}`);
          });
        }
      });
  },
);
