import { tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import type { Logs } from '../programs.js';
import type { Callback, TrainingContext } from './callback.js';

/** A training without a model: it records what a callback does. The weight is the number of epochs done. */
export class RecordedTraining implements TrainingContext {
  readonly mode = 'fit';
  readonly params: { epochs: number; steps: number | undefined; verbose: 0 | 1 | 2 } = {
    epochs: 0,
    steps: 1,
    verbose: 0,
  };
  readonly lines: string[] = [];
  readonly warnings: string[] = [];
  /** What an optimizer with averages would hold. */
  averages: readonly Tensor[] | undefined;
  begin = 0;
  readonly saved: string[] = [];
  epoch = 0;
  learningRate = 0.1;
  iterations = 0;
  isStopped = false;
  weights: readonly Tensor[] = [tensor([0])];
  readonly print = (line: string): void => void this.lines.push(line);
  readonly write = (text: string): void => void this.lines.push(text);
  readonly warn = (line: string): void => void this.warnings.push(line);
  get nextLearningRate(): number {
    return this.learningRate;
  }
  startAt(epoch: number): void {
    this.begin = epoch;
  }
  weightPaths(): readonly string[] {
    return ['layer/weight'];
  }
  toBytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.weights.flatMap(({ data }) => Array.from(data, Number)));
  }
  restore(bytes: Uint8Array): void {
    this.weights = [tensor(Array.from(bytes))];
  }
  swapAverages(): boolean {
    if (this.averages === undefined) return false;
    [this.weights, this.averages] = [this.averages, this.weights];
    return true;
  }
  setAverages(): void {
    this.averages = this.weights;
  }
  findNotFinite(): string {
    return 'layer "dense" gives NaN';
  }
  stop(): void {
    this.isStopped = true;
  }
  getWeights(): readonly Tensor[] {
    return this.weights;
  }
  setWeights(weights: readonly Tensor[]): void {
    this.weights = weights;
  }
  save(path: string): Promise<void> {
    this.saved.push(path);
    return Promise.resolve();
  }
  isBetterHigher(name: string): boolean {
    return name.includes('acc');
  }

  /** Runs the hooks as `fit` does, with one entry of `logs` per epoch, and returns how many epochs ran. */
  async run(
    callback: Callback,
    logs: readonly Logs[],
    losses: readonly number[] = [1],
  ): Promise<number> {
    this.isStopped = false;
    this.params.epochs = logs.length;
    this.begin = 0;
    await callback.onTrainBegin?.(this);
    let last: Logs = {};
    for (this.epoch = this.begin; this.epoch < logs.length && !this.isStopped; this.epoch++) {
      await callback.onEpochBegin?.(this.epoch, this);
      for (const [batch, loss] of losses.entries()) {
        await callback.onTrainBatchBegin?.(batch, this);
        await callback.onTrainBatchEnd?.(batch, { loss }, this);
        if (this.isStopped) break;
      }
      this.weights = [tensor([this.epoch + 1])];
      last = logs[this.epoch] as Logs;
      await callback.onEpochEnd?.(this.epoch, last, this);
    }
    await callback.onTrainEnd?.(last, this);
    return this.epoch;
  }
}

/** Logs with one key. */
export function series(key: string, values: readonly number[]): Logs[] {
  return values.map((value) => ({ [key]: value }));
}
