import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { lessonDigits } from './lesson-digits.js';
import { lessonIris } from './lesson-iris.js';
import { coefficients, makeNumbers, reportNumbers, trainNumbers } from './lesson-numbers.js';
import { lessonPicture } from './lesson-picture.js';
import { lessonSave } from './lesson-save.js';

const folder = mkdtempSync(path.join(tmpdir(), 'gradus-lessons-'));
const log = vi.spyOn(console, 'log').mockImplementation(() => {});
beforeAll(() => log.mockClear());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the second network finds 1, 2, 3, is drawn, saved and loaded', async () => {
  const { train, test: rows } = await makeNumbers(folder, 500);
  const network = await trainNumbers(train, [3], { epochs: 80, learningRate: 0.5 });
  const { weights, biases } = coefficients(network);
  for (const neuron of weights) {
    [1, 2, 3].forEach((truth, i) => expect(neuron[i]).toBeCloseTo(truth, 3));
  }
  for (const bias of biases) expect(Math.abs(bias)).toBeLessThan(0.05);
  const scores = reportNumbers(network, rows);
  expect(scores.test).toBeGreaterThan(0.9999);
  expect(scores.far).toBeGreaterThan(0.9999);
  for (const file of await lessonPicture(folder, network, train, rows))
    expect(existsSync(file)).toBe(true);
  expect(existsSync(await lessonSave(folder, network, rows))).toBe(true);
});

test('two linear layers fold into one formula that predicts what the network predicts', async () => {
  const { train, test: rows } = await makeNumbers(folder, 200);
  const network = await trainNumbers(train, [4, 3], { epochs: 200, learningRate: 0.1 });
  expect(reportNumbers(network, rows).test).toBeGreaterThan(0.98);
});

test('iris and digits learn from the data of the app', async () => {
  const [iris = 0] = await lessonIris(15, 1);
  expect(iris).toBeGreaterThan(0.8);
  const { scores } = await lessonDigits(folder, 5, 1);
  expect(scores[0]).toBeGreaterThan(0.85);
});
