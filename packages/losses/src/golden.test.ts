import { existsSync, readFileSync } from 'node:fs';
import { tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { grad } from '@gradus/tensor';
import { computeLoss, lossFromConfig } from './index.js';

/** Numbers of real Keras 3.15.1, beside the repository where somebody has put them. */
const file = new URL('../../../../shared/keras-golden/losses.json', import.meta.url);
const absent = !existsSync(file);

interface Saved {
  readonly shape: number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly data: (number | string)[];
}
interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}
interface Case {
  readonly name: string;
  readonly className: string;
  readonly config: Record<string, unknown>;
  readonly yTrue: Saved;
  readonly yPred: Saved;
  readonly sampleWeight?: Saved;
  readonly mask?: Saved;
  readonly output: Saved;
  readonly gradient: Saved;
  readonly cotangent?: Saved;
  readonly ambiguousGradientIndices?: number[];
  readonly ambiguousOutputIndices?: number[];
  readonly tolerance: { readonly outputs: Tolerance; readonly gradients: Tolerance };
}

const number = (x: number | string): number =>
  typeof x === 'number' ? x : Number(x.replace('inf', 'Infinity').replace('nan', 'NaN'));
const load = ({ shape, dtype, data }: Saved): Tensor =>
  tensor(Float64Array.from(data, number), {
    shape,
    dtype: dtype === 'bool' ? 'bool' : dtype === 'float32' ? 'float32' : 'int32',
  });
const camel = (text: string): string =>
  text.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

function expectNear(
  got: Tensor,
  want: Saved,
  { rtol, atol }: Tolerance,
  skip: readonly number[] = [],
): void {
  expect(got.shape).toEqual(want.shape);
  want.data.forEach((value, index) => {
    if (skip.includes(index)) return;
    const a = got.data[index] as number;
    const b = number(value);
    if (Object.is(a, b) || Math.abs(a - b) <= atol + rtol * Math.abs(b)) return;
    expect.fail(`[${index}] ${a} is not ${b}`);
  });
}

describe.skipIf(absent)(
  'losses of Keras 3.15.1 (skipped where the golden numbers are absent)',
  () => {
    const cases = absent ? [] : (JSON.parse(readFileSync(file, 'utf8')) as Case[]);
    for (const c of cases)
      it(c.name, () => {
        const config = Object.fromEntries(
          Object.entries(c.config).map(([key, value]) => [camel(key), value]),
        );
        const loss = lossFromConfig(c.className, {
          ...config,
          reduction: camel(String(config['reduction'] ?? 'none')),
        });
        const weights = {
          sampleWeight: c.sampleWeight ? load(c.sampleWeight) : null,
          mask: c.mask ? load(c.mask) : null,
        };
        const target = load(c.yTrue);
        const run = (prediction: Tensor): Tensor => computeLoss(loss, target, prediction, weights);
        expectNear(run(load(c.yPred)), c.output, c.tolerance.outputs, c.ambiguousOutputIndices);
        const cotangent = c.cotangent ? load(c.cotangent) : undefined;
        const scalar = (prediction: Tensor): Tensor =>
          cotangent ? run(prediction).mul(cotangent).sum() : run(prediction);
        expectNear(
          grad(scalar)(load(c.yPred)),
          c.gradient,
          c.tolerance.gradients,
          c.ambiguousGradientIndices,
        );
      });
  },
);
