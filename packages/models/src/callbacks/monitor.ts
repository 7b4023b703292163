import type { Logs } from '../programs.js';
import type { TrainingContext } from './callback.js';

/** Options of callbacks that watch one number. */
export interface MonitorOptions {
  /** Default 'val_loss'. */
  readonly monitor?: string;
  /** Which way is better; 'auto' knows it from the name. */
  readonly mode?: 'auto' | 'min' | 'max';
  /** Smallest change that counts. */
  readonly minDelta?: number;
}

/** Remembers the best value of one number, and tells when it was beaten. */
export class Monitor {
  readonly name: string;
  readonly #mode: 'auto' | 'min' | 'max';
  readonly #minDelta: number;
  best: number | undefined;

  constructor({ monitor = 'val_loss', mode = 'auto', minDelta = 0 }: MonitorOptions, initial?: number) {
    this.name = monitor;
    this.#mode = mode;
    this.#minDelta = Math.abs(minDelta);
    this.best = initial;
  }

  read(logs: Logs): number | undefined {
    return logs[this.name];
  }

  /** Whether `value` beats `than`, by more than the smallest change that counts. */
  beats(value: number, than: number | undefined, context: TrainingContext): boolean {
    if (than === undefined) return true;
    const isMax = this.#mode === 'max' || (this.#mode === 'auto' && context.isBetterHigher(this.name));
    return isMax ? value - this.#minDelta > than : value + this.#minDelta < than;
  }
}
