import { expect, test } from 'vitest';
import { data, dense, losses, metrics, ops, sequential, sgd, tensor } from './index.js';

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
