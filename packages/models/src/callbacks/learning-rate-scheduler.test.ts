import { dense } from '@gradus/layers';
import { expect, it } from 'vitest';
import { sequential } from '../sequential.js';
import { learningRateScheduler } from './learning-rate-scheduler.js';
import { RecordedTraining, series } from './training-context.fixture.js';

it('sets the rate of each epoch and logs it', async () => {
  const training = new RecordedTraining();
  const logs = series('loss', [1, 1, 1]);
  await training.run(
    learningRateScheduler((epoch, rate) => (epoch === 0 ? 1 : rate / 200), { verbose: 1 }),
    logs,
  );
  expect(logs.map((entry) => entry['learning_rate'])).toEqual([1, 0.005, 0.000025]);
  expect(training.lines).toEqual([
    '\nEpoch 1: LearningRateScheduler setting learning rate to 1.0.',
    '\nEpoch 2: LearningRateScheduler setting learning rate to 0.005.',
    '\nEpoch 3: LearningRateScheduler setting learning rate to 2.5e-05.',
  ]);
});

it('refuses a schedule without number', async () => {
  const callback = learningRateScheduler(() => undefined as unknown as number);
  await expect(new RecordedTraining().run(callback, series('loss', [1]))).rejects.toThrow(
    'callback/schedule',
  );
});

it('lands in the history of a model', async () => {
  const model = sequential([dense({ units: 1 })]).compile({ optimizer: 'sgd', loss: 'mse' });
  const { history } = await model.fit([[1], [2]], [1, 2], {
    epochs: 2,
    verbose: 0,
    callbacks: [learningRateScheduler((epoch) => 0.5 ** (epoch + 1))],
  });
  expect(history['learning_rate']).toEqual([0.5, 0.25]);
});
