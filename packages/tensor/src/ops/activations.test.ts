import { expect, test } from 'vitest';
import * as ops from '../index.js';
import { compile, grad, sum, tensor } from '../index.js';

const x = tensor([-100, -3, -0.5, 0, 0.5, 3, 100]);

const pointwise = {
  relu: ops.relu,
  relu6: ops.relu6,
  leakyRelu: ops.leakyRelu,
  softplus: ops.softplus,
  softsign: ops.softsign,
  elu: ops.elu,
  selu: ops.selu,
  gelu: ops.gelu,
  silu: ops.silu,
  mish: ops.mish,
  hardSigmoid: ops.hardSigmoid,
  hardSilu: ops.hardSilu,
  hardTanh: ops.hardTanh,
  celu: ops.celu,
  logSigmoid: ops.logSigmoid,
  squareplus: ops.squareplus,
  softShrink: ops.softShrink,
  hardShrink: ops.hardShrink,
  tanhShrink: ops.tanhShrink,
  sparsePlus: ops.sparsePlus,
  sparseSigmoid: ops.sparseSigmoid,
  softmax: ops.softmax,
  logSoftmax: ops.logSoftmax,
  sparsemax: ops.sparsemax,
};

test.each(Object.entries(pointwise))(
  '%s stays finite at ±100, with its gradient, and compiles',
  (_name, activation) => {
    const y = activation(x);
    expect(y.data.every(Number.isFinite)).toBe(true);
    expect(grad((v: ops.Tensor) => sum(activation(v)))(x).data.every(Number.isFinite)).toBe(true);
    const compiled = compile((v: ops.Tensor) => activation(v))(x);
    compiled.data.forEach((value, i) => expect(value).toBeCloseTo(y.data[i] as number, 5));
  },
);

test('the slope of softplus at 0 is one half', () => {
  expect(grad((v: ops.Tensor) => sum(ops.softplus(v)))(tensor([0])).item()).toBe(0.5);
});

test('relu with all options', () => {
  const y = ops.relu(tensor([-2, 0.5, 1, 4]), { negativeSlope: 0.5, maxValue: 2, threshold: 1 });
  expect(y.toArray()).toEqual([-1.5, -0.25, 0, 2]);
  const low = tensor([-2, -0.5, 1]);
  expect(ops.relu(low, { threshold: -1 }).toArray()).toEqual([0, -0.5, 1]);
  expect(ops.relu(low, { threshold: -1, maxValue: 2 }).toArray()).toEqual([0, 0, 1]);
});

test('softmax does not overflow and sums to 1 along its axis', () => {
  expect(
    ops
      .softmax(
        tensor([
          [1000, 1000],
          [0, -1000],
        ]),
      )
      .toArray(),
  ).toEqual([
    [0.5, 0.5],
    [1, 0],
  ]);
  expect(
    ops
      .softmax(
        tensor([
          [1, 2],
          [3, 4],
        ]),
        { axis: 0 },
      )
      .sum()
      .item(),
  ).toBeCloseTo(2, 6);
});

test('sparsemax gives exact zeros, with the threshold of Keras where two numbers count', () => {
  expect(ops.sparsemax(tensor([4, 1, -1])).toArray()).toEqual([1, 0, 0]);
  // The partial sums are 1 and 1.5, so τ = (1 + 1.5 - 1) / 2; the projection would be [0.75, 0.25, 0].
  expect(ops.sparsemax(tensor([1, 0.5, -1])).toArray()).toEqual([0.25, 0, 0]);
});

test('the approximate gelu is within 6e-7 of its formula, also where it becomes exactly 0', () => {
  const points = Array.from({ length: 2001 }, (_, i) => (i - 1000) / 100);
  const y = ops.gelu(tensor(points), { approximate: true });
  points.forEach((v, i) => {
    const exact = (v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3)))) / 2;
    expect(Math.abs((y.data[i] as number) - exact)).toBeLessThan(6e-7 * Math.max(1, Math.abs(v)));
  });
  expect(ops.gelu(tensor([-5]), { approximate: true }).item()).toBe(0);
  const slope = grad((v: ops.Tensor) => sum(ops.gelu(v, { approximate: true })));
  expect(slope(tensor([-1e30, -5, 1e30])).toArray()).toEqual([0, 0, 1]);
});

test('glu gates the first half with the second', () => {
  expect(ops.glu(tensor([[2, 4, 0, 0]])).toArray()).toEqual([[1, 2]]);
  expect(() => ops.glu(tensor([1, 2, 3]))).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [op/glu] glu halves an axis, so its length must be even.
      got       [3], axis -1 of length 3
      expected  an even length
      fix       give the layer before it twice as many units as you want to come out]
  `);
});
