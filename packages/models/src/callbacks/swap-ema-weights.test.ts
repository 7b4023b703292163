import { dense } from '@gradus/layers';
import { sgd } from '@gradus/optimizers';
import { tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { sequential } from '../sequential.js';
import type { Sequential } from '../sequential.js';
import { swapEmaWeights } from './swap-ema-weights.js';
import { RecordedTraining, series } from './training-context.fixture.js';

const x = [[0], [1], [2], [3]];
const y = [0, 2, 4, 6];
const line = (useEma: boolean): Sequential =>
  sequential([dense({ units: 1, useBias: false })], { inputShape: [1] }).compile({
    optimizer: sgd({ learningRate: 0.05, useEma, emaMomentum: 0.5 }),
    loss: 'mse',
  });

describe('swapEmaWeights', () => {
  it('validates with averages, and trains on with the weights', async () => {
    const training = new RecordedTraining();
    training.averages = [tensor([7])];
    const callback = swapEmaWeights();
    await callback.onTestBegin?.(training);
    expect(training.weights[0]?.toArray()).toEqual([7]);
    await callback.onTestEnd?.({}, training);
    expect(training.weights[0]?.toArray()).toEqual([0]);
    expect(training.averages[0]?.toArray()).toEqual([7]);
  });

  it('gives other validation losses, and the same weights', async () => {
    const fit = async (callbacks: ReturnType<typeof swapEmaWeights>[]): Promise<Sequential> => {
      const m = line(true);
      m.setWeights([tensor([[0]])]);
      await m.fit(x, y, { epochs: 2, verbose: 0, validationData: [x, y], callbacks });
      return m;
    };
    const plain = await fit([]);
    const swapped = await fit([swapEmaWeights()]);
    const [, without] = plain.history?.history['val_loss'] ?? [];
    const [, average] = swapped.history?.history['val_loss'] ?? [];
    expect(average).not.toBeCloseTo(without as number, 4);
    expect(swapped.getWeights()[0]?.toArray()).toEqual(plain.getWeights()[0]?.toArray());
  });

  it('leaves averages in the model at the end of an epoch when asked to', async () => {
    const training = new RecordedTraining();
    training.averages = [tensor([7])];
    await training.run(swapEmaWeights({ swapOnEpoch: true }), series('loss', [1]));
    expect(training.weights[0]?.toArray()).toEqual([7]);
    expect(training.averages[0]?.toArray()).toEqual([7]);
  });

  it('says so when there are no averages', async () => {
    const fit = line(false).fit(x, y, {
      verbose: 0,
      validationData: [x, y],
      callbacks: [swapEmaWeights()],
    });
    await expect(fit).rejects.toThrow('callback/no-averages');
  });
});
