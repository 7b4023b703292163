import { expect, test } from 'vitest';
import {
  data,
  dense,
  input,
  losses,
  metrics,
  model,
  ops,
  sequential,
  sgd,
  tensor,
  zeros,
} from './index.js';

test('one import trains a model', async () => {
  const { x, y } = data.plane({ rows: 100, seed: 1 });
  const model = sequential([dense({ units: 1 })], { inputShape: [3] });
  model.compile({ optimizer: sgd({ learningRate: 1e-5 }), loss: 'mse' });
  const { history } = await model.fit(x, y, { epochs: 3, verbose: 0 });
  expect(history['loss']).toHaveLength(3);
  expect(history['loss']?.[2]).toBeLessThan(history['loss']?.[0] as number);
});

test('namespaces hold what shares a name', () => {
  expect(ops.add(tensor([1]), 1).toArray()).toEqual([2]);
  expect(losses.hinge).not.toBe(metrics.hinge);
});

test('operations stand between layers', () => {
  const x = input({ shape: [3] });
  const network = model({ inputs: x, outputs: ops.add(dense({ units: 3 })(x), x).mul(2) });
  expect(network.predict(zeros([2, 3])).shape).toEqual([2, 3]);
  expect(ops.sub(1, x).shape).toEqual([null, 3]);
});

test('functions of tensors stand between layers, also those that take lists', () => {
  const a = input({ shape: [2], name: 'a' });
  const b = input({ shape: [2], name: 'b' });
  const larger = ops.where(ops.greater(a, b), a, b);
  const both = model({
    inputs: { a, b },
    outputs: ops.concatenate([larger, ops.sin(a)], { axis: -1 }),
  });
  const result = both.predict({ a: [[0, 3]], b: [[1, 2]] });
  expect(result.toArray()).toEqual([[1, 3, 0, Math.fround(Math.sin(3))]]);
});
