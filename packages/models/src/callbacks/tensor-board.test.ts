import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dense, input } from '@gradus/layers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Model } from '../index.js';
import { model } from '../index.js';
import { tensorBoard } from './tensor-board.js';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradus-events-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Tags of the events in a file, in their order. */
async function tagsIn(part: 'train' | 'validation'): Promise<string[]> {
  const [name] = await readdir(join(folder, part));
  const bytes = await readFile(join(folder, part, name as string));
  const text = bytes.toString('latin1');
  return [
    ...text.matchAll(/(?:epoch|batch|evaluation)_[a-z_]+|h\/(?:kernel|bias)\/histogram/g),
  ].map(([tag]) => tag);
}

function small(): Model {
  const x = input({ shape: [2] });
  const made = model({ inputs: x, outputs: dense({ units: 1, name: 'h' })(x), seed: 0 });
  made.compile({ optimizer: 'sgd', loss: 'mse' });
  return made;
}

const x = Array.from({ length: 8 }, (_, i) => [i / 8, 1]);
const y = Array.from({ length: 8 }, (_, i) => [i / 4]);

describe('tensorBoard', () => {
  it('writes the epochs of training and validation', async () => {
    await small().fit(x, y, {
      epochs: 2,
      validationSplit: 0.25,
      verbose: 0,
      callbacks: [tensorBoard(folder, { histogramFreq: 2 })],
    });
    expect(await tagsIn('train')).toEqual([
      'epoch_loss',
      'epoch_learning_rate',
      'h/kernel/histogram',
      'h/bias/histogram',
      'epoch_loss',
      'epoch_learning_rate',
    ]);
    expect(await tagsIn('validation')).toEqual([
      'evaluation_loss_vs_iterations',
      'epoch_loss',
      'evaluation_loss_vs_iterations',
      'epoch_loss',
    ]);
  });

  it('writes every second batch, and how fast it went', async () => {
    await small().fit(x, y, {
      epochs: 1,
      batchSize: 2,
      verbose: 0,
      callbacks: [tensorBoard(folder, { updateFreq: 2, writeStepsPerSecond: true })],
    });
    expect(await tagsIn('train')).toEqual([
      'batch_steps_per_second',
      'batch_loss',
      'batch_steps_per_second',
      'batch_loss',
      'epoch_loss',
      'epoch_learning_rate',
      'epoch_steps_per_second',
    ]);
  });

  it('begins a new file with every training', async () => {
    const [callback, made] = [tensorBoard(folder), small()];
    for (let i = 0; i < 2; i++) await made.fit(x, y, { verbose: 0, callbacks: [callback] });
    expect((await readdir(join(folder, 'train'))).length).toBe(2);
  });

  it('refuses moments that never come', () => {
    expect(() => tensorBoard(folder, { updateFreq: 0 })).toThrow('callback/update-freq');
    expect(() => tensorBoard(folder, { histogramFreq: 0.5 })).toThrow('callback/histogram-freq');
  });
});
