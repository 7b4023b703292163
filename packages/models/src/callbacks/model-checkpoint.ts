import { ValueError } from '@gradus/tensor';
import { fixedText } from '../fixed-text.js';
import type { Logs } from '../programs.js';
import type { OptionNames } from '../expect-options.js';
import { expectOptions } from '../expect-options.js';
import { expectPath } from './expect-path.js';
import type { Callback, MessageOptions, TrainingContext } from './callback.js';
import { checkpointPath } from './checkpoint-path.js';
import type { MonitorOptions } from './monitor.js';
import { Monitor } from './monitor.js';
import { writeWeights } from './weights-file.js';

/** Options of {@link modelCheckpoint}. */
export interface ModelCheckpointOptions extends Omit<MonitorOptions, 'minDelta'>, MessageOptions {
  /** Save only when the watched number is the best so far. Default false. */
  readonly saveBestOnly?: boolean;
  /** Save the weights alone, under their paths in the model; `readWeights` reads them. Default false. */
  readonly saveWeightsOnly?: boolean;
  /** After every epoch, or after so many batches, counted across epochs. Default 'epoch'. */
  readonly saveFreq?: 'epoch' | number;
  /** With `saveBestOnly`, the value to beat at first. Default: none. */
  readonly initialValueThreshold?: number;
}

const optionNames: OptionNames<ModelCheckpointOptions> = {
  initialValueThreshold: true,
  mode: true,
  monitor: true,
  print: true,
  saveBestOnly: true,
  saveFreq: true,
  saveWeightsOnly: true,
  verbose: true,
};

/**
 * Saves the model during training, so that a crash costs little and the best state is not lost. The path may have
 * placeholders as Python formats them: `{epoch:02d}` (from 1), `{batch}` (from 1, with a `saveFreq` in batches), and any key
 * of the logs, as in `{val_loss:.2f}`. Folders that are missing are made. Each file is written whole or not at all.
 *
 * @throws ValueError for an impossible `saveFreq`; in training a NameError for a placeholder that nothing fills.
 * @example
 * modelCheckpoint('best.gradus', { monitor: 'val_accuracy', saveBestOnly: true });
 *
 * Source: Keras 3, `keras.callbacks.ModelCheckpoint`.
 */
export function modelCheckpoint(path: string, options: ModelCheckpointOptions = {}): Callback {
  const {
    saveBestOnly = false,
    saveWeightsOnly = false,
    saveFreq = 'epoch',
    verbose = 0,
    initialValueThreshold,
  } = options;
  expectPath('modelCheckpoint', 'file', path);
  expectOptions('modelCheckpoint', options, optionNames);
  if (saveFreq !== 'epoch' && !(Number.isInteger(saveFreq) && saveFreq > 0))
    throw new ValueError('callback/save-freq', 'modelCheckpoint cannot save at such moments.', {
      got: `saveFreq ${String(saveFreq)}`,
      expected: "'epoch' or a whole number of batches, 1 or more",
    });
  // Not reset when another training begins: a later fit must not overwrite a better model of an earlier one.
  const monitor = new Monitor('modelCheckpoint', options, initialValueThreshold);
  let batches = 0;
  let lastBatch = -1;

  function isDue(epoch: number, logs: Logs, target: string, context: TrainingContext): boolean {
    const print = options.print ?? context.print;
    const say = (text: string): void => {
      if (verbose > 0) print(`\nEpoch ${epoch + 1}: ${text}`);
    };
    if (!saveBestOnly) {
      say(`saving model to ${target}`);
      return true;
    }
    const value = monitor.read(logs, options.print ?? context.warn, 'the model is saved each time');
    if (value === undefined) return true;
    const best = monitor.best === undefined ? 'None' : fixedText(monitor.best, 5);
    if (!monitor.beats(value, monitor.best, context)) {
      say(`${monitor.name} did not improve from ${best}`);
      return false;
    }
    say(
      `${monitor.name} improved from ${best} to ${fixedText(value, 5)}, saving model to ${target}`,
    );
    monitor.best = value;
    return true;
  }

  async function save(
    epoch: number,
    batch: number | undefined,
    logs: Logs,
    context: TrainingContext,
  ): Promise<void> {
    const target = checkpointPath(path, {
      epoch: epoch + 1,
      ...(batch === undefined ? {} : { batch: batch + 1 }),
      ...logs,
    });
    if (!isDue(epoch, logs, target, context)) return;
    const folder = /^(.*)[\\/][^\\/]*$/.exec(target)?.[1];
    if (folder !== undefined && folder !== '') {
      const { nodeFiles } = await import('@gradus/io');
      const { promises } = await nodeFiles();
      await promises.mkdir(folder, { recursive: true });
    }
    if (saveWeightsOnly) await writeWeights(target, context.getWeights(), context.weightPaths());
    else await context.save(target);
    if (verbose > 0)
      (options.print ?? context.print)(`\nEpoch ${epoch + 1}: finished saving model to ${target}`);
  }

  return {
    async onEpochEnd(epoch, logs, context) {
      lastBatch = -1;
      if (saveFreq === 'epoch') await save(epoch, undefined, logs, context);
    },
    async onTrainBatchEnd(batch, logs, context) {
      if (saveFreq === 'epoch') return;
      // Several batches may have run since the last call.
      batches += batch > lastBatch ? batch - lastBatch : batch + 1;
      lastBatch = batch;
      if (batches < saveFreq) return;
      batches = 0;
      await save(context.epoch, batch, logs, context);
    },
  };
}
