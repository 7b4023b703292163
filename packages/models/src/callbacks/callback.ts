import type { Tensor } from '@gradus/tensor';
import type { Logs } from '../programs.js';

/** What callbacks can see and do. */
export interface TrainingContext {
  readonly params: { readonly epochs: number; readonly steps: number | undefined };
  /** Number of the epoch, from 0. */
  readonly epoch: number;
  /** The rate of the optimizer. NaN while it follows a schedule; setting it then throws. */
  learningRate: number;
  /** Ends training after this batch or epoch. */
  stop(): void;
  /** The numbers of all variables, in Keras' order. */
  getWeights(): readonly Tensor[];
  setWeights(weights: readonly Tensor[]): void;
  /** Writes the whole model to a file. */
  save(path: string): Promise<void>;
  /** Shows a line where `fit` shows its progress. */
  print(line: string): void;
  /** Whether larger is better for a metric, by its name. */
  isBetterHigher(name: string): boolean;
}

type Hook<Args extends readonly unknown[]> = (
  ...args: [...Args, context: TrainingContext]
) => void | Promise<void>;

/** Code that runs at moments of training. Hooks may be asynchronous; `logs` may be added to at the end of an epoch. */
export interface Callback {
  readonly onTrainBegin?: Hook<[]>;
  readonly onTrainEnd?: Hook<[logs: Logs]>;
  readonly onEpochBegin?: Hook<[epoch: number]>;
  readonly onEpochEnd?: Hook<[epoch: number, logs: Logs]>;
  readonly onTrainBatchBegin?: Hook<[batch: number]>;
  readonly onTrainBatchEnd?: Hook<[batch: number, logs: Logs]>;
  readonly onTestBegin?: Hook<[]>;
  readonly onTestEnd?: Hook<[logs: Logs]>;
}

/** Options of callbacks that tell what they do. */
export interface MessageOptions {
  /** 0 silent, 1 a line whenever the callback acts. Default 0. */
  readonly verbose?: 0 | 1;
  /** Where lines and warnings go. Default: where `fit` prints, which is the console unless `fit` was told otherwise. */
  readonly print?: (line: string) => void;
}
