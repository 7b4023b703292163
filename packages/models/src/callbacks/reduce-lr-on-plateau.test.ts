import { describe, expect, it } from 'vitest';
import { reduceLrOnPlateau } from './reduce-lr-on-plateau.js';
import { RecordedTraining, series } from './training-context.fixture.js';

describe('reduceLrOnPlateau', () => {
  it('reduces after patience, cools down, and logs the rate of the epoch', async () => {
    const training = new RecordedTraining();
    const logs = series('val_loss', [1, 1, 1, 1, 1]);
    await training.run(
      reduceLrOnPlateau({ factor: 0.5, patience: 1, cooldown: 1, verbose: 1 }),
      logs,
    );
    // One epoch of cooldown is over when it begins, so the next one counts already.
    expect(logs.map((entry) => entry['learning_rate'])).toEqual([0.1, 0.1, 0.05, 0.025, 0.0125]);
    expect(training.lines[0]).toBe('\nEpoch 2: ReduceLROnPlateau reducing learning rate to 0.05.');
  });

  it('waits for two epochs of cooldown', async () => {
    const logs = series('val_loss', [1, 1, 1, 1, 1]);
    await new RecordedTraining().run(
      reduceLrOnPlateau({ factor: 0.5, patience: 1, cooldown: 2 }),
      logs,
    );
    expect(logs.map((entry) => entry['learning_rate'])).toEqual([0.1, 0.1, 0.05, 0.05, 0.025]);
  });

  it('stays at minLr, without a message each time', async () => {
    const training = new RecordedTraining();
    training.learningRate = Math.fround(0.1);
    await training.run(
      reduceLrOnPlateau({ patience: 1, minLr: 0.1, verbose: 1 }),
      series('val_loss', [1, 1, 1]),
    );
    expect(training.lines).toEqual([]);
  });

  it('takes a gain below 0.0001 for none', async () => {
    const training = new RecordedTraining();
    await training.run(
      reduceLrOnPlateau({ patience: 1, factor: 0.5 }),
      series('val_loss', [1, 0.99995]),
    );
    expect(training.learningRate).toBe(0.05);
  });

  it('refuses a factor that lowers nothing', () => {
    expect(() => reduceLrOnPlateau({ factor: 1 })).toThrow('callback/factor');
  });
});
