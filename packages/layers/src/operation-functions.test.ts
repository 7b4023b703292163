import * as gradus from '@gradus/tensor';
import { Tensor, tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { functionNames } from './operation-functions.js';
import type { FunctionName } from './operation-functions.js';
import { fromConfig } from './registry.js';
import { isSymbolic, operate } from './symbolic-operations.js';
import { input } from './symbolic.js';

const x = tensor([
  [0.5, -1.5, 2],
  [3, 0.25, -0.75],
]);
const whole = tensor([[2, 0, 1]], { dtype: 'int32' });

/** Arguments where it is not one tensor. */
const given: Partial<Record<FunctionName, readonly unknown[]>> = {
  where: [x.greater(0), x, -1],
  arctan2: [x, x.add(1)],
  norm: [x, { axis: -1 }],
  logSumExp: [x, { axis: -1 }],
  glu: [x.slice([0, 0], [2, 2])],
  concatenate: [[x, x.mul(2), tensor([[1], [2]])], { axis: -1 }],
  stack: [[x, x.mul(2)], { axis: 1 }],
  tile: [x, [1, 2]],
  repeat: [x, 2, { axis: 1 }],
  flip: [x, { axis: 1 }],
  roll: [x, 1, { axis: 1 }],
  pad: [
    x,
    [
      [0, 0],
      [1, 2],
    ],
  ],
  cumsum: [x, { axis: 1 }],
  takeAlongAxis: [x, tensor([[0], [2]], { dtype: 'int32' }), { axis: 1 }],
  oneHot: [whole, 3],
  dot: [x, tensor([1, 2, 3])],
  einsum: ['bi,bi->b', x, x.add(1)],
};

/** Tensors with a batch become symbolic; the others stay numbers. */
function symbolic(value: unknown, tensors: Tensor[]): unknown {
  if (Array.isArray(value)) return value.map((item) => symbolic(item, tensors));
  if (!(value instanceof Tensor) || value.rank < 2) return value;
  tensors.push(value);
  return input({ shape: value.shape.slice(1), dtype: value.dtype });
}

const functions: Readonly<Record<string, unknown>> = { ...gradus };

describe('functions between layers', () => {
  it.each(functionNames)('%s computes what it does to tensors', (name) => {
    const args = given[name] ?? [x];
    const inputs: Tensor[] = [];
    const made = operate(name, ...(symbolic(args, inputs) as unknown[]));
    const direct = (functions[name] as (...args: readonly unknown[]) => Tensor)(...args);
    expect(isSymbolic(made)).toBe(true);
    expect(made.dtype).toBe(direct.dtype);
    expect(made.shape.slice(1)).toEqual(direct.shape.slice(1));
    if (made.source.kind !== 'layer') throw new Error('an operation is a layer');
    const { className, ...layer } = made.source.layer;
    const again = fromConfig(
      JSON.parse(JSON.stringify({ className, config: layer.getConfig() })) as never,
    );
    const context = { training: false, key: () => tensor([0, 0], { dtype: 'int32' }) };
    const result = again.call({}, inputs, context) as Tensor;
    expect(result.toArray()).toEqual(direct.toArray());
  });
});
