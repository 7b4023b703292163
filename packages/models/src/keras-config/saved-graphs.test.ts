/** Models with operations between layers, as Keras 3.15.1 saved them: same weights, same inputs, same outputs. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { fromKerasConfig } from './index.js';

interface GoldenTensor {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: readonly number[];
}

interface Golden {
  readonly inputs: GoldenTensor;
  readonly outputNames: readonly string[];
  readonly outputs: GoldenTensor | readonly GoldenTensor[];
  readonly weights: readonly { readonly tensor: GoldenTensor }[];
  readonly tolerance: { readonly outputs: { readonly rtol: number; readonly atol: number } };
}

const folder = new URL('../../../../../shared/keras-golden/saved/', import.meta.url);
const read = (path: string): unknown =>
  JSON.parse(readFileSync(fileURLToPath(new URL(path, folder)), 'utf8'));
const tensorOf = ({ shape, data, dtype }: GoldenTensor): Tensor =>
  tensor(data, { dtype: dtype.startsWith('int') ? 'int32' : 'float32' }).reshape(shape);

describe.skipIf(!existsSync(folder))('operations in graphs that Keras saved (golden files)', () => {
  it.each(['graph_ops', 'functional_mask_ops', 'transformer_block_cosine'])('%s', (name) => {
    const golden = read(`${name}/case.json`) as Golden;
    const model = fromKerasConfig(read(`${name}/config.json`));
    expect(model.graph.outputNames).toEqual(golden.outputNames);
    model.setWeights(golden.weights.map(({ tensor: weight }) => tensorOf(weight)));
    const predicted = [model.predict<Tensor | Tensor[]>(tensorOf(golden.inputs))].flat();
    const expected = [golden.outputs].flat();
    expect(predicted.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
    const { rtol, atol } = golden.tolerance.outputs;
    expected.forEach(({ data }, k) => {
      const found = predicted[k]?.data ?? [];
      data.forEach((value, i) =>
        expect(Math.abs((found[i] ?? NaN) - value)).toBeLessThanOrEqual(
          atol + rtol * Math.abs(value),
        ),
      );
    });
  });
});
