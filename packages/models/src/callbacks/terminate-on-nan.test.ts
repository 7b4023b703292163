import { dense } from '@gradus/layers';
import { expect, it } from 'vitest';
import { sequential } from '../sequential.js';
import { terminateOnNaN } from './terminate-on-nan.js';
import { RecordedTraining, series } from './training-context.fixture.js';

it.each([NaN, Infinity, -Infinity])('ends training at a loss of %s', async (loss) => {
  const training = new RecordedTraining();
  expect(await training.run(terminateOnNaN(), series('loss', [1, 1]), [1, 2, 3, loss, 4])).toBe(1);
  expect(training.lines).toEqual(['Batch 3: Invalid loss, terminating training']);
});

it('throws when asked to', async () => {
  const training = new RecordedTraining();
  await expect(
    training.run(terminateOnNaN({ raiseError: true }), series('loss', [1]), [NaN]),
  ).rejects.toThrow('batch 0 in epoch 1');
});

it('ends a real training that explodes', async () => {
  const model = sequential([dense({ units: 1 })]).compile({ optimizer: 'sgd', loss: 'mse' });
  const lines: string[] = [];
  model.build([null, 1]);
  model.learningRate = 1e30;
  const { epoch } = await model.fit([[1], [2]], [1, 2], {
    epochs: 50,
    verbose: 0,
    callbacks: [terminateOnNaN({ print: (line) => lines.push(line) })],
  });
  expect(epoch.length).toBeLessThan(5);
  expect(lines).toEqual(['Batch 0: Invalid loss, terminating training']);
});
