import { dense } from '@gradus/layers';
import { describe, expect, it } from 'vitest';
import { sequential } from '../sequential.js';
import { earlyStopping } from './early-stopping.js';
import { RecordedTraining, series } from './training-context.fixture.js';

describe('earlyStopping', () => {
  it('stops after patience and restores the best weights', async () => {
    const training = new RecordedTraining();
    const callback = earlyStopping({ patience: 2, restoreBestWeights: true, verbose: 1 });
    expect(await training.run(callback, series('val_loss', [3, 2, 2.5, 2.5, 1]))).toBe(4);
    expect(training.weights[0]?.toArray()).toEqual([2]);
    expect(training.lines).toEqual([
      'Epoch 4: early stopping',
      'Restoring model weights from the end of the best epoch: 2.',
    ]);
  });

  it('restores though training ran to its end, and forgets everything before the next', async () => {
    const training = new RecordedTraining();
    const callback = earlyStopping({ patience: 5, restoreBestWeights: true });
    expect(await training.run(callback, series('val_loss', [1, 2, 3]))).toBe(3);
    expect(training.weights[0]?.toArray()).toEqual([1]);
    expect(await training.run(callback, series('val_loss', [9, 8, 8]))).toBe(3);
    expect(training.weights[0]?.toArray()).toEqual([2]);
  });

  it('never stops in the first epoch', async () => {
    expect(
      await new RecordedTraining().run(
        earlyStopping({ patience: 0 }),
        series('val_loss', [1, 1, 1]),
      ),
    ).toBe(2);
    expect(
      await new RecordedTraining().run(
        earlyStopping({ patience: 0 }),
        series('val_loss', [NaN, 1, 1]),
      ),
    ).toBe(2);
  });

  it('knows which way accuracy goes, and counts only changes above minDelta', async () => {
    const callback = earlyStopping({ monitor: 'val_acc', patience: 1, minDelta: -0.1 });
    expect(
      await new RecordedTraining().run(callback, series('val_acc', [0.1, 0.3, 0.35, 0.9])),
    ).toBe(3);
    // Exactly minDelta better is not better.
    expect(
      await new RecordedTraining().run(
        earlyStopping({ patience: 1, minDelta: 1 }),
        series('val_loss', [3, 2, 0]),
      ),
    ).toBe(2);
  });

  it('starts its patience anew only when the baseline is beaten', async () => {
    const callback = (): ReturnType<typeof earlyStopping> =>
      earlyStopping({ patience: 3, baseline: 1 });
    // Improving epochs do not stop even when patience ran out: the first that does not improve stops.
    expect(
      await new RecordedTraining().run(callback(), series('val_loss', [5, 4, 3, 2, 2, 0])),
    ).toBe(5);
    expect(
      await new RecordedTraining().run(callback(), series('val_loss', [5, 0.5, 3, 2, 2, 0])),
    ).toBe(5);
    expect(
      await new RecordedTraining().run(callback(), series('val_loss', [5, 0.5, 3, 2, 0.4, 3, 3])),
    ).toBe(7);
  });

  it('does not look before startFromEpoch', async () => {
    const callback = earlyStopping({ patience: 1, startFromEpoch: 3 });
    expect(await new RecordedTraining().run(callback, series('val_loss', [1, 2, 3, 4, 5, 6]))).toBe(
      5,
    );
  });

  it('takes camelCase names', async () => {
    expect(
      await new RecordedTraining().run(
        earlyStopping({ monitor: 'valLoss', patience: 1 }),
        series('val_loss', [1, 2, 3]),
      ),
    ).toBe(2);
  });

  it('warns once of a number that is not there', async () => {
    const training = new RecordedTraining();
    expect(
      await training.run(earlyStopping(), [
        { loss: 1, mae: 2 },
        { loss: 1, mae: 2 },
      ]),
    ).toBe(2);
    expect(training.warnings).toMatchInlineSnapshot(`
      [
        "Warning: earlyStopping watches 'val_loss', which the logs do not have; training will not stop early. Available: loss, mae.",
      ]
    `);
  });

  it('asks for the mode of a name that tells nothing', async () => {
    const callback = earlyStopping({ monitor: 'strangeness' });
    await expect(new RecordedTraining().run(callback, series('strangeness', [1]))).rejects
      .toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [callback/direction] earlyStopping cannot tell from its name whether more 'strangeness' is better.
        got       monitor 'strangeness', mode 'auto'
        expected  a loss or a metric with a known direction
        fix       mode: 'max' or mode: 'min']
    `);
  });

  it('stops a real training', async () => {
    const model = sequential([dense({ units: 1 })]).compile({ optimizer: 'sgd', loss: 'mse' });
    const { epoch } = await model.fit([[1], [2]], [1, 2], {
      epochs: 9,
      verbose: 0,
      callbacks: [earlyStopping({ monitor: 'loss', minDelta: 1e6, patience: 2 })],
    });
    expect(epoch).toEqual([0, 1, 2]);
  });
});
