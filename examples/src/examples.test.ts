/** Every example learns what it promises, on little data, with the engine that users get. */
import { createState, zeros } from 'gradus';
import { expect, it } from 'vitest';
import { main as autoencoder } from './autoencoder.js';
import { main as customLayer } from './custom-layer.js';
import { main as imageClassification } from './image-classification.js';
import { main as multipleOutputs } from './multiple-outputs.js';
import { main as structuredData } from './structured-data.js';
import { main as textClassification } from './text-classification.js';
import { main as timeSeries } from './time-series.js';
import { main as trainingLoop } from './training-loop.js';
import { main as transferLearning } from './transfer-learning.js';
import { main as transformer } from './transformer.js';

const quick = true;

it('runs on the WASM engine', () => {
  expect(createState({ x: zeros([1]) }).backend.name).toMatch(/^wasm/);
});

it('reads digits', async () => {
  const { accuracy } = await imageClassification({ quick });
  expect(accuracy).toBeGreaterThan(0.9);
});

it('understands reviews in which the order of words decides', async () => {
  const { accuracy, score } = await textClassification({ quick });
  expect(accuracy).toBeGreaterThan(0.95);
  expect(score).toBeGreaterThan(0.8);
});

it('reverses words it has never seen', async () => {
  const { accuracy, reversed } = await transformer({ quick });
  expect(accuracy).toBeGreaterThan(0.97);
  expect(reversed).toBe('sudarg');
});

it('takes more than a third of the noise off pictures it has never seen', async () => {
  const { before, after } = await autoencoder({ quick });
  expect(after).toBeLessThan(0.65 * before);
});

it('forecasts better than saying that tomorrow is like today', async () => {
  const { error, naiveError } = await timeSeries({ quick });
  expect(error).toBeLessThan(0.7 * naiveError);
});

it('knows from numbers and words which parcels are late', async () => {
  const { accuracy, baseline } = await structuredData({ quick });
  expect(baseline).toBeLessThan(0.7);
  expect(accuracy).toBeGreaterThan(0.88);
});

it('answers two questions about two pictures', async () => {
  const { sameAccuracy, sumError } = await multipleOutputs({ quick });
  // Always to say that they differ is right 9 times in 10.
  expect(sameAccuracy).toBeGreaterThan(0.92);
  // Always to say 9, the mean, is 3.3 off.
  expect(sumError).toBeLessThan(1.5);
});

it('tells spirals apart with a layer of its own, and so does the saved model', async () => {
  const { accuracy, accuracyOfLoaded } = await customLayer({ quick });
  expect(accuracy).toBeGreaterThan(0.95);
  expect(accuracyOfLoaded).toBe(accuracy);
});

it('trains by hand', async () => {
  const { accuracy, firstLoss, lastLoss } = await trainingLoop({ quick });
  expect(accuracy).toBeGreaterThan(0.85);
  expect(lastLoss).toBeLessThan(firstLoss / 10);
});

it('profits from what it learned before', async () => {
  const { fromScratch, frozen, fineTuned } = await transferLearning({ quick });
  expect(frozen).toBeGreaterThan(fromScratch + 0.05);
  expect(fineTuned).toBeGreaterThan(fromScratch + 0.08);
});
