import { ValueError } from '@gradus/tensor';
import type { Logs } from '../programs.js';
import type { TrainingContext } from './callback.js';

/** Options of callbacks that watch one number. */
export interface MonitorOptions {
  /** A key of the logs: Keras' spelling `val_loss` or `valLoss`. Default 'val_loss'. */
  readonly monitor?: string;
  /** Which way is better; 'auto' knows it from the name. Default 'auto'. */
  readonly mode?: 'auto' | 'min' | 'max';
  /** Smallest change that counts; its sign does not matter. Default 0. */
  readonly minDelta?: number;
}

function expectNumber(owner: string, option: string, value: unknown): void {
  if (typeof value === 'number' && !Number.isNaN(value)) return;
  throw new ValueError('callback/option', `${owner}: ${option} is a number.`, {
    got: `${option}: ${typeof value === 'string' ? `'${value}'` : String(value)}`,
    expected: 'a number',
    fix: `for example ${option}: 0.001`,
  });
}

const lowerIsBetter =
  /error|entropy|divergence|hinge|poisson|huber|cosh|perplexity|brier|false_?(positives|negatives)|(^|_)(mse|mae|mape|msle|rmse|bce|kld)$/i;

function plain(name: string): string {
  return name.replace(/_/g, '').toLowerCase();
}

/** Remembers the best value of one number, and tells when it was beaten. */
export class Monitor {
  readonly #wanted: string;
  readonly #mode: 'auto' | 'min' | 'max';
  readonly #minDelta: number;
  readonly #owner: string;
  #direction: 'min' | 'max' | undefined;
  #warned = false;
  /** The key as the logs spell it, once it was seen there. */
  name: string;
  best: number | undefined;

  /** `owner` is the callback that messages speak of. */
  constructor(
    owner: string,
    { monitor = 'val_loss', mode = 'auto', minDelta = 0 }: MonitorOptions,
    initial?: number,
  ) {
    if (!['auto', 'min', 'max'].includes(mode))
      throw new ValueError('callback/mode', `${owner} does not know which way is better.`, {
        got: `mode '${String(mode)}'`,
        expected: "'auto', 'min' or 'max'",
      });
    expectNumber(owner, 'minDelta', minDelta);
    expectNumber(owner, 'initialValueThreshold', initial ?? 0);
    this.#owner = owner;
    this.#wanted = monitor;
    this.name = monitor;
    this.#mode = mode;
    this.#minDelta = Math.abs(minDelta);
    this.best = initial;
  }

  /** Forgets the best value and that it warned; every training starts so. */
  reset(): void {
    this.best = undefined;
    this.#warned = false;
  }

  /**
   * The watched number. Without it, a warning that names the keys there are: once in a training, since it would be the same
   * after every epoch.
   */
  read(logs: Logs, print: (line: string) => void, consequence: string): number | undefined {
    const keys = Object.keys(logs);
    const found =
      keys.find((key) => key === this.#wanted) ??
      keys.find((key) => plain(key) === plain(this.#wanted));
    if (found !== undefined) {
      this.name = found;
      return logs[found];
    }
    if (!this.#warned)
      print(
        `Warning: ${this.#owner} watches '${this.#wanted}', which the logs do not have; ${consequence}. Available: ${keys.join(', ') || 'nothing'}.`,
      );
    this.#warned = true;
    return undefined;
  }

  /**
   * Whether `value` beats `than` by more than the smallest change that counts. Any value beats none.
   *
   * @throws ValueError when the mode is 'auto' and the name does not tell which way is better.
   */
  beats(value: number, than: number | undefined, context: TrainingContext): boolean {
    // Asked first, so that a name without direction fails in the first epoch and not in the second.
    const direction = (this.#direction ??= this.#decide(context));
    if (than === undefined) return true;
    return direction === 'max' ? value - this.#minDelta > than : value + this.#minDelta < than;
  }

  #decide(context: TrainingContext): 'min' | 'max' {
    if (this.#mode !== 'auto') return this.#mode;
    const metric = this.name.replace(/^val_/, '');
    // An output may be called "accuracy", so the end of the name decides before its beginning.
    if (/(^|_)loss$/i.test(metric)) return 'min';
    if (context.isBetterHigher(metric)) return 'max';
    if (lowerIsBetter.test(metric)) return 'min';
    throw new ValueError(
      'callback/direction',
      `${this.#owner} cannot tell from its name whether more '${metric}' is better.`,
      {
        got: `monitor '${this.#wanted}', mode 'auto'`,
        expected: 'a loss or a metric with a known direction',
        fix: "mode: 'max' or mode: 'min'",
      },
    );
  }
}
