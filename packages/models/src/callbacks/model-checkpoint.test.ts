import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dense } from '@gradus/layers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadModel } from '../load.js';
import { sequential } from '../sequential.js';
import { modelCheckpoint } from './model-checkpoint.js';
import { RecordedTraining, series } from './training-context.fixture.js';
import { readWeights } from './weights-file.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradus-checkpoint-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('modelCheckpoint', () => {
  it('saves every epoch and tells so', async () => {
    const training = new RecordedTraining();
    await training.run(
      modelCheckpoint('m{epoch:02d}-{val_loss:.1f}', { verbose: 1 }),
      series('val_loss', [1, 2]),
    );
    expect(training.saved).toEqual(['m01-1.0', 'm02-2.0']);
    expect(training.lines.slice(2)).toEqual([
      '\nEpoch 2: saving model to m02-2.0',
      '\nEpoch 2: finished saving model to m02-2.0',
    ]);
  });

  it('saves the best only, in Keras words, and remembers it in the next training', async () => {
    const training = new RecordedTraining();
    const callback = modelCheckpoint('{epoch}', { saveBestOnly: true, verbose: 1 });
    await training.run(callback, series('val_loss', [0.51234, 0.6, 0.41234]));
    await training.run(callback, series('val_loss', [0.5]));
    expect(training.saved).toEqual(['1', '3']);
    expect(training.lines).toEqual([
      '\nEpoch 1: val_loss improved from None to 0.51234, saving model to 1',
      '\nEpoch 1: finished saving model to 1',
      '\nEpoch 2: val_loss did not improve from 0.51234',
      '\nEpoch 3: val_loss improved from 0.51234 to 0.41234, saving model to 3',
      '\nEpoch 3: finished saving model to 3',
      '\nEpoch 1: val_loss did not improve from 0.41234',
    ]);
  });

  it('has a first value to beat, and a mode', async () => {
    const training = new RecordedTraining();
    const callback = modelCheckpoint('{epoch}', {
      monitor: 'fun',
      mode: 'max',
      saveBestOnly: true,
      initialValueThreshold: 5,
    });
    await training.run(callback, series('fun', [4, 6, 5, 7]));
    expect(training.saved).toEqual(['2', '4']);
  });

  it('saves every few batches, counted across epochs', async () => {
    const training = new RecordedTraining();
    await training.run(
      modelCheckpoint('{epoch}-{batch}', { saveFreq: 2 }),
      series('loss', [1, 1]),
      [1, 1, 1],
    );
    expect(training.saved).toEqual(['1-2', '2-1', '2-3']);
    expect(() => modelCheckpoint('x', { saveFreq: 0 })).toThrow('callback/save-freq');
  });

  it('saves with a warning when there is nothing to compare', async () => {
    const training = new RecordedTraining();
    await training.run(modelCheckpoint('{epoch}', { saveBestOnly: true }), series('loss', [1, 1]));
    expect(training.saved).toEqual(['1', '2']);
    expect(training.warnings).toEqual([
      "Warning: modelCheckpoint watches 'val_loss', which the logs do not have; the model is saved each time. Available: loss.",
    ]);
  });

  it('writes models and weights that can be read', async () => {
    const make = (): ReturnType<typeof sequential> =>
      sequential([dense({ units: 2 }), dense({ units: 1 })], { inputShape: [1] });
    const model = make().compile({ optimizer: 'adam', loss: 'mse' });
    await model.fit([[1], [2]], [1, 2], {
      epochs: 2,
      verbose: 0,
      callbacks: [
        modelCheckpoint(join(folder, 'new', 'm{epoch:02d}.gradus')),
        modelCheckpoint(join(folder, 'w{epoch}'), { saveWeightsOnly: true }),
      ],
    });
    expect((await readdir(join(folder, 'new'))).sort()).toEqual(['m01.gradus', 'm02.gradus']);
    const expected = model.getWeights().map((weight) => weight.toArray());
    const loaded = await loadModel(join(folder, 'new', 'm02.gradus'));
    expect(loaded.getWeights().map((weight) => weight.toArray())).toEqual(expected);
    const other = make();
    other.setWeights(await readWeights(join(folder, 'w2')));
    expect(other.getWeights().map((weight) => weight.toArray())).toEqual(expected);
    await expect(readWeights(join(folder, 'new', 'm02.gradus'))).rejects.toThrow('weights/format');
  });
});
