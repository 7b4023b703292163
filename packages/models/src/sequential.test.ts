import { dense } from '@gradus/layers';
import { tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { modelFromBytes } from './load.js';
import { sequential } from './sequential.js';

const x = tensor([[0, 0], [0, 1], [1, 0], [1, 1]]);
const y = tensor([[0], [1], [1], [2]]);

describe('sequential', () => {
  it('learns a sum', async () => {
    const sum = sequential([dense({ units: 4 }), dense({ units: 1 })]);
    sum.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
    const { history } = await sum.fit(x, y, { epochs: 30, batchSize: 3 });
    expect(Object.keys(history)).toEqual(['loss', 'mae']);
    expect(history['loss']?.at(-1)).toBeLessThan(history['loss']?.[0] as number);
    expect((await sum.evaluate(x, y))['loss']).toBeGreaterThan(0);
    expect((sum.predict(x) as Tensor).shape).toEqual([4, 1]);
  });

  it('goes on after loading as if it had never stopped', async () => {
    const first = sequential([dense({ units: 3, activation: 'tanh' }), dense({ units: 1 })], { inputShape: [2] });
    first.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
    await first.fit(x, y, { epochs: 2 });
    const second = modelFromBytes(first.toBytes());
    expect((second.predict(x) as Tensor).toArray()).toEqual((first.predict(x) as Tensor).toArray());
    const a = await first.fit(x, y, { epochs: 2 });
    const b = await second.fit(x, y, { epochs: 2 });
    expect(b.history).toEqual(a.history);
  });

  it('refuses altered bytes', () => {
    const bytes = sequential([dense({ units: 1 })], { inputShape: [2] }).toBytes();
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 1;
    expect(() => modelFromBytes(bytes)).toThrow('altered');
  });

  it('names row and column of a NaN', () => {
    const model = sequential([dense({ units: 1 })]).compile({ loss: 'mse' });
    expect(() => model.fit([[1, 2], [3, NaN]], [1, 2])).toThrow('row 1, column 1');
  });
});
