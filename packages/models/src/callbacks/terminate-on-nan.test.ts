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

it('finds the layer that gave the first number that is not finite', async () => {
  const training = new RecordedTraining();
  await training.run(terminateOnNaN(), series('loss', [1]), [NaN]);
  expect(training.warnings).toEqual(['Batch 0 of epoch 1: layer "dense" gives NaN.']);

  const model = sequential(
    [
      dense({ units: 1, name: 'fine' }),
      dense({ units: 1, name: 'loud', activation: 'exponential' }),
      dense({ units: 1 }),
    ],
    { inputShape: [1] },
  ).compile({ optimizer: 'sgd', loss: 'mse' });
  model.variable('fine/kernel').assign([[1000]]);
  model.variable('loud/kernel').assign([[1]]);
  const fit = model.fit([[1], [2]], [1, 2], {
    verbose: 0,
    callbacks: [terminateOnNaN({ raiseError: true })],
  });
  await expect(fit).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [callback/nan] The loss of batch 0 in epoch 1 is no number any more.
      got       Infinity; the layer "loud" was the first to give Infinity
      expected  a finite loss
      fix       lower the learning rate, clip gradients (clipnorm: 1), or look for extreme values in the data]
  `);
});

it('needs no copies of the weights when the place does not matter', async () => {
  const training = new RecordedTraining();
  const callback = terminateOnNaN({ locate: false });
  expect(callback.onTrainBatchBegin).toBeUndefined();
  await training.run(callback, series('loss', [1]), [Infinity]);
  expect(training.warnings).toEqual([]);
  expect(training.lines).toEqual(['Batch 0: Invalid loss, terminating training']);
});
