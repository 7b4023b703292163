import type { Tensor } from '@gradus/tensor';
import { NameError, ValueError, nearestName } from '@gradus/tensor';
import type { Logs } from '../programs.js';

/** What callbacks can see and do. */
export interface TrainingContext {
  /** What runs. Inside of `fit` it stays 'fit' while the model is validated. */
  readonly mode: 'fit' | 'evaluate' | 'predict';
  readonly params: {
    readonly epochs: number;
    /** Batches per epoch, when known. */
    readonly steps: number | undefined;
    readonly verbose: 0 | 1 | 2;
  };
  /** Number of the epoch, from 0. */
  readonly epoch: number;
  /** The rate of the optimizer. NaN while it follows a schedule; setting it then throws. */
  learningRate: number;
  /** The rate of the next step, also where it follows a schedule. */
  readonly nextLearningRate: number;
  /** Steps that changed the weights so far, in all trainings. */
  readonly iterations: number;
  /** Ends training after this batch or epoch. */
  stop(): void;
  /** In `onTrainBegin`: lets training begin with a later epoch. */
  startAt(epoch: number): void;
  /** The numbers of all variables, in Keras' order. */
  getWeights(): readonly Tensor[];
  setWeights(weights: readonly Tensor[]): void;
  /** Paths of the variables, in the order of `getWeights`. */
  weightPaths(): readonly string[];
  /** Writes the whole model to a file. */
  save(path: string): Promise<void>;
  /** The whole model with its optimizer, from which training can go on. */
  toBytes(): Uint8Array<ArrayBuffer>;
  /** Weights and optimizer of `toBytes`, put into the model. */
  restore(bytes: Uint8Array, name: string): void;
  /** Exchanges the variables with the averages that the optimizer keeps; false when it keeps none. */
  swapAverages(): boolean;
  /** Makes the averages of the optimizer equal to the variables. */
  setAverages(): void;
  /** Where the numbers of the last batch stop being finite, given the weights before it. */
  findNotFinite(weights: readonly Tensor[]): string;
  /** Shows a line where `fit` shows its progress. */
  print(line: string): void;
  /** Shows text as it is, without ending the line: what progress bars need. */
  write(text: string): void;
  /** Tells what the user should know, apart from the progress. */
  warn(line: string): void;
  /** Whether larger is better for a metric, by its name. */
  isBetterHigher(name: string): boolean;
}

type Hook<Args extends readonly unknown[]> = (
  ...args: [...Args, context: TrainingContext]
) => void | Promise<void>;

/**
 * Code that runs at moments of training. Hooks may be asynchronous, but for those of `predict`. Logs are those of the epoch
 * so far; those at the end of an epoch may be added to. With `stepsPerExecution` the batch hooks run once for several
 * batches, with the number of the first at their begin and of the last at their end.
 */
export interface Callback {
  readonly onTrainBegin?: Hook<[]>;
  readonly onTrainEnd?: Hook<[logs: Logs]>;
  readonly onEpochBegin?: Hook<[epoch: number]>;
  readonly onEpochEnd?: Hook<[epoch: number, logs: Logs]>;
  readonly onTrainBatchBegin?: Hook<[batch: number]>;
  readonly onTrainBatchEnd?: Hook<[batch: number, logs: Logs]>;
  readonly onTestBegin?: Hook<[]>;
  readonly onTestEnd?: Hook<[logs: Logs]>;
  readonly onTestBatchBegin?: Hook<[batch: number]>;
  readonly onTestBatchEnd?: Hook<[batch: number, logs: Logs]>;
  readonly onPredictBegin?: Hook<[]>;
  readonly onPredictEnd?: Hook<[]>;
  readonly onPredictBatchBegin?: Hook<[batch: number]>;
  readonly onPredictBatchEnd?: Hook<[batch: number, outputs: readonly Tensor[]]>;
}

const hooks: Readonly<Record<keyof Callback, true>> = {
  onTrainBegin: true,
  onTrainEnd: true,
  onEpochBegin: true,
  onEpochEnd: true,
  onTrainBatchBegin: true,
  onTrainBatchEnd: true,
  onTestBegin: true,
  onTestEnd: true,
  onTestBatchBegin: true,
  onTestBatchEnd: true,
  onPredictBegin: true,
  onPredictEnd: true,
  onPredictBatchBegin: true,
  onPredictBatchEnd: true,
};

/** The moments at which a callback may run. */
export const hookNames: readonly (keyof Callback)[] = Object.keys(hooks) as (keyof Callback)[];

/** Names of an object with those of its class. */
function namesOf(value: object): string[] {
  const own = Object.getOwnPropertyNames(value);
  const parent = Object.getPrototypeOf(value) as object | null;
  return parent === null || parent === Object.prototype ? own : [...own, ...namesOf(parent)];
}

/**
 * Refuses what never runs: callbacks that are no list, and hooks with a name that nobody calls.
 *
 * @throws ValueError or NameError with what would have been right.
 */
export function expectCallbacks(verb: string, callbacks: unknown): void {
  if (callbacks === undefined) return;
  const list: readonly unknown[] = Array.isArray(callbacks) ? callbacks : [undefined];
  if (list.some((callback) => typeof callback !== 'object' || callback === null))
    throw new ValueError('callback/list', `${verb} takes a list of callbacks.`, {
      got: Array.isArray(callbacks) ? 'a list with something else in it' : typeof callbacks,
      expected: 'a list of objects with hooks such as onEpochEnd',
      fix: 'callbacks: [earlyStopping()]',
    });
  for (const name of (list as readonly object[]).flatMap(namesOf)) {
    if (!/^on[A-Z_]/.test(name) || name in hooks) continue;
    const nearest = nearestName(name, hookNames);
    throw new NameError('callback/hook', `Callbacks have no hook '${name}'.`, {
      got: `'${name}'`,
      expected: `one of ${hookNames.join(', ')}`,
      fix: nearest === undefined ? 'use one of the names above' : `did you mean '${nearest}'?`,
    });
  }
}

/** Options of callbacks that tell what they do. */
export interface MessageOptions {
  /** 0 silent, 1 a line whenever the callback acts. Default 0. */
  readonly verbose?: 0 | 1;
  /** Where lines and warnings go. Default: where `fit` prints, which is the console unless `fit` was told otherwise. */
  readonly print?: (line: string) => void;
}
