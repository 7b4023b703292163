import type { TensorBoardEvent } from '@gradus/io';
import { ValueError } from '@gradus/tensor';
import type { OptionNames } from '../expect-options.js';
import { expectOptions } from '../expect-options.js';
import { expectPath } from './expect-path.js';
import type { Callback, TrainingContext } from './callback.js';

/** Options of {@link tensorBoard}. */
export interface TensorBoardOptions {
  /** Write how the numbers of each weight are distributed after every so many epochs. Default 0: never. */
  readonly histogramFreq?: number;
  /** Write loss and metrics also after every so many batches; 'batch' is 1. Default 'epoch': only after epochs. */
  readonly updateFreq?: 'epoch' | 'batch' | number;
  /** Write how many steps a second ran. Default false. */
  readonly writeStepsPerSecond?: boolean;
}

/** Seconds that events of batches may wait in memory. */
const patience = 1;

/** One event file that grows; made when there is something to write. */
class EventFile {
  readonly #folder: string;
  #waiting: TensorBoardEvent[] = [];
  #path: string | undefined;
  #written = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  add(tag: string, step: number, value: TensorBoardEvent['value']): void {
    this.#waiting.push({ tag, step, value, time: Date.now() / 1000 });
  }

  get isDue(): boolean {
    return Date.now() / 1000 - this.#written > patience;
  }

  /** Writes what waits behind what the file has, because TensorBoard reads on where it stopped. */
  async flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const { formatTensorBoard, nodeFiles, tensorBoardHeader } = await import('@gradus/io');
    const { promises } = await nodeFiles();
    if (this.#path === undefined) {
      await promises.mkdir(this.#folder, { recursive: true });
      this.#path = `${this.#folder}/events.out.tfevents.${fileMark()}.v2`;
      await promises.appendFile(this.#path, tensorBoardHeader());
    }
    const events = this.#waiting;
    this.#waiting = [];
    this.#written = Date.now() / 1000;
    await promises.appendFile(this.#path, formatTensorBoard(events));
  }
}

let files = 0;

/** Tells files of one folder apart, later ones sorted behind earlier ones. */
function fileMark(): string {
  const second = String(Math.floor(Date.now() / 1000)).padStart(10, '0');
  return `${second}.gradus.${process.pid}.${files++}`;
}

const optionNames: OptionNames<TensorBoardOptions> = {
  histogramFreq: true,
  updateFreq: true,
  writeStepsPerSecond: true,
};

/**
 * Writes event files that TensorBoard shows, under `train` and `validation` in a folder, with the tags that Keras gives:
 * `epoch_loss`, `epoch_learning_rate`, `batch_loss`, `evaluation_loss_vs_iterations`, `dense/kernel/histogram`. Look at them
 * with `tensorboard --logdir logs`. Needs Node.
 *
 * @throws ValueError for an impossible `updateFreq` or `histogramFreq`.
 * @example
 * await model.fit(x, y, { epochs: 3, callbacks: [tensorBoard('logs', { histogramFreq: 1 })] });
 *
 * Source: Keras 3, `keras.callbacks.TensorBoard`.
 */
export function tensorBoard(logDir = 'logs', options: TensorBoardOptions = {}): Callback {
  const { histogramFreq = 0, updateFreq = 'epoch', writeStepsPerSecond = false } = options;
  expectPath('tensorBoard', 'folder', logDir);
  expectOptions('tensorBoard', options, optionNames);
  const every = updateFreq === 'epoch' ? Infinity : updateFreq === 'batch' ? 1 : updateFreq;
  if (!(every === Infinity || (Number.isInteger(every) && every > 0)))
    throw new ValueError('callback/update-freq', 'tensorBoard cannot write at such moments.', {
      got: `updateFreq ${String(updateFreq)}`,
      expected: "'epoch', 'batch' or a whole number of batches, 1 or more",
    });
  if (!(Number.isInteger(histogramFreq) && histogramFreq >= 0))
    throw new ValueError('callback/histogram-freq', 'tensorBoard cannot count so many epochs.', {
      got: `histogramFreq ${String(histogramFreq)}`,
      expected: 'a whole number of epochs, or 0 for never',
    });
  let train = new EventFile(`${logDir}/train`);
  let validation = new EventFile(`${logDir}/validation`);
  let batches = 0;
  let batchBegun = 0;
  let epochBegun = { time: 0, iterations: 0 };
  const renew = (): void => {
    train = new EventFile(`${logDir}/train`);
    validation = new EventFile(`${logDir}/validation`);
  };
  const addWeights = (epoch: number, context: TrainingContext): void => {
    const paths = context.weightPaths();
    for (const [i, weight] of context.getWeights().entries())
      train.add(`${paths[i]}/histogram`, epoch, Array.from(weight.data, Number));
  };
  return {
    onTrainBegin() {
      renew();
      batches = 0;
    },
    onEpochBegin(_epoch, context) {
      if (writeStepsPerSecond)
        epochBegun = { time: performance.now(), iterations: context.iterations };
    },
    onTrainBatchBegin() {
      if (writeStepsPerSecond) batchBegun = performance.now();
    },
    onTrainBatchEnd(_batch, logs) {
      batches++;
      if (batches % every !== 0) return undefined;
      if (writeStepsPerSecond)
        train.add('batch_steps_per_second', batches, 1000 / (performance.now() - batchBegun));
      for (const [name, value] of Object.entries(logs)) train.add(`batch_${name}`, batches, value);
      return train.isDue ? train.flush() : undefined;
    },
    async onEpochEnd(epoch, logs, context) {
      for (const [name, value] of Object.entries(logs))
        if (name.startsWith('val_')) validation.add(`epoch_${name.slice(4)}`, epoch, value);
        else train.add(`epoch_${name}`, epoch, value);
      // The callbacks that change the rate log it as it was in the epoch.
      if (!('learning_rate' in logs))
        train.add('epoch_learning_rate', epoch, context.nextLearningRate);
      if (writeStepsPerSecond) {
        const seconds = (performance.now() - epochBegun.time) / 1000;
        const steps = context.iterations - epochBegun.iterations;
        train.add('epoch_steps_per_second', epoch, steps / seconds);
      }
      if (histogramFreq > 0 && epoch % histogramFreq === 0) addWeights(epoch, context);
      await train.flush();
      await validation.flush();
    },
    async onTestEnd(logs, context) {
      for (const [name, value] of Object.entries(logs))
        validation.add(`evaluation_${name}_vs_iterations`, context.iterations, value);
      await validation.flush();
      if (context.mode === 'evaluate') renew();
    },
    async onTrainEnd() {
      await train.flush();
      await validation.flush();
    },
  };
}
