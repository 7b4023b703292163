import type { Logs } from '../programs.js';

/** What callbacks can see and do. */
export interface TrainingContext {
  readonly params: { readonly epochs: number; readonly steps: number | undefined };
  /** Number of the epoch, from 0. */
  readonly epoch: number;
  learningRate: number;
  /** Ends training after this batch or epoch. */
  stop(): void;
  getWeights(): readonly import('@gradus/tensor').Tensor[];
  setWeights(weights: readonly import('@gradus/tensor').Tensor[]): void;
  save(path: string): Promise<void>;
  print(line: string): void;
  /** Whether larger is better for a metric, by its name. */
  isBetterHigher(name: string): boolean;
}

type Hook<Args extends readonly unknown[]> = (...args: [...Args, context: TrainingContext]) => void | Promise<void>;

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
