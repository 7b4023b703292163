import { fixedText } from './fixed-text.js';

/** Names and numbers, in the order in which they are shown. */
export type ShownValues =
  | Readonly<Record<string, number>>
  | Iterable<readonly [name: string, value: number]>;

/** Options of {@link ProgressBar}. */
export interface ProgressBarOptions {
  readonly print: (text: string) => void;
  /** Cells of the bar. Default 20. */
  readonly width?: number;
  /** 0 draws nothing, 1 a bar that moves, 2 one line at the end. Default 1. */
  readonly verbose?: 0 | 1 | 2;
  /** Seconds between two drawings at least. Default 0.05. */
  readonly interval?: number;
  /** Names whose numbers are shown as they are; all others are averaged over the steps. Default: none. */
  readonly statefulMetrics?: readonly string[] | null;
  /** Names whose numbers are averaged; all others are shown as they are. Default: all. Give one of the two lists. */
  readonly statelessMetrics?: readonly string[] | null;
  /** What one step is called. Default 'step'. */
  readonly unitName?: string;
  /** Seconds now; for tests. */
  readonly now?: () => number;
}

const ESC = '\u001b[';

/** A number as Keras' bar shows it. */
function showMetric(value: number): string {
  return Math.abs(value) > 1e-3 || Number.isNaN(value) ? fixed(value) : exponent(value);
}

const fixed = (value: number): string => fixedText(value, 4);

function exponent(value: number): string {
  if (!Number.isFinite(value)) return fixed(value);
  return value.toExponential(4).replace(/e([+-])(\d)$/, 'e$10$2');
}

function showTime(seconds: number): string {
  if (seconds >= 1 || seconds === 0) return `${fixedText(seconds, 0)}s`;
  if (seconds >= 1e-3) return `${fixedText(seconds * 1e3, 0)}ms`;
  return `${fixedText(seconds * 1e6, 0)}us`;
}

function showRemaining(seconds: number): string {
  const whole = Math.floor(seconds);
  const pad = (value: number): string => String(value).padStart(2, '0');
  if (seconds > 3600)
    return `${Math.floor(whole / 3600)}:${pad(Math.floor((whole % 3600) / 60))}:${pad(whole % 60)}`;
  if (seconds > 60) return `${Math.floor(whole / 60)}:${pad(whole % 60)}`;
  return `${whole}s`;
}

/**
 * Keras' progress bar, character by character. Numbers are averaged over the steps unless they are said to be averages
 * already; the last drawing shows the last numbers.
 *
 * @example
 * const bar = new ProgressBar(2, { print: (text) => process.stdout.write(text), verbose: 2 });
 * bar.update(1, [['loss', 3]]);
 * bar.update(2, [['loss', 1]]); // prints 2/2 - 0s - 5ms/step - loss: 1.0000
 *
 * Source: Keras 3.15.1, `keras.utils.Progbar`, measured from its output.
 */
export class ProgressBar {
  /** Steps in all; undefined while nobody knows. */
  target: number | undefined;
  readonly #print: (text: string) => void;
  readonly #verbose: 0 | 1 | 2;
  readonly #width: number;
  readonly #interval: number;
  readonly #now: () => number;
  readonly #start: number;
  readonly #unit: string;
  readonly #isAveraged: (name: string) => boolean;
  readonly #values = new Map<string, { sum: number; count: number }>();
  #last = 0;
  #afterFirst: number | undefined;
  #seen = 0;
  #total = 0;

  constructor(
    target: number | undefined,
    {
      print,
      verbose = 1,
      width = 20,
      interval = 0.05,
      statefulMetrics = null,
      statelessMetrics = null,
      unitName = 'step',
      now = () => performance.now() / 1000,
    }: ProgressBarOptions,
  ) {
    this.target = target;
    this.#print = print;
    this.#verbose = verbose;
    this.#width = width;
    this.#interval = interval;
    this.#now = now;
    this.#unit = unitName;
    this.#isAveraged =
      statelessMetrics === null
        ? (name) => !(statefulMetrics ?? []).includes(name)
        : (name) => statelessMetrics.includes(name);
    this.#start = now();
  }

  /** How many steps were done at the last call. */
  get seen(): number {
    return this.#seen;
  }

  /** `update` for `count` more steps. */
  add(count: number, values: ShownValues = {}): void {
    this.update(this.#seen + count, values);
  }

  /**
   * Draws step `current`. A function is asked for the values only when something is drawn, so it must give averages.
   *
   * @param finalize Whether it is the last drawing. Default: when the target is reached.
   */
  update(
    current: number,
    values: ShownValues | (() => ShownValues) = {},
    finalize: boolean = this.target !== undefined && current >= this.target,
  ): void {
    const remember = (shown: ShownValues): void => {
      const entries = Symbol.iterator in shown ? shown : Object.entries(shown);
      for (const [name, value] of entries as Iterable<readonly [string, number]>)
        this.#remember(name, value, current, finalize);
    };
    if (typeof values !== 'function') remember(values);
    this.#seen = current;
    const now = this.#now();
    const perStep = this.#perStep(current, now);
    if (this.#verbose === 1) {
      if (now - this.#last < this.#interval && !finalize) return;
      if (typeof values === 'function') remember(values());
      this.#draw(current, now, perStep, finalize);
    } else if (this.#verbose === 2 && finalize && (this.target ?? 0) > 0) {
      if (typeof values === 'function') remember(values());
      const count = String(current).padStart(String(this.target).length);
      const metrics = this.#means()
        .map(([name, value]) => ` - ${name}: ${value > 1e-3 ? fixed(value) : exponent(value)}`)
        .join('');
      this.#print(
        `${count}/${this.target} - ${fixedText(now - this.#start, 0)}s - ${showTime(perStep)}/${this.#unit}${metrics}\n`,
      );
    }
    this.#last = now;
  }

  #remember(name: string, value: number, current: number, finalize: boolean): void {
    if (finalize || !this.#isAveraged(name)) {
      this.#values.set(name, { sum: value, count: 1 });
      return;
    }
    const steps = Math.max(current - this.#seen, 1);
    const before = this.#values.get(name) ?? { sum: 0, count: 0 };
    this.#values.set(name, { sum: before.sum + value * steps, count: before.count + steps });
  }

  #means(): [string, number][] {
    return Array.from(this.#values, ([name, { sum, count }]) => [name, sum / Math.max(1, count)]);
  }

  #draw(current: number, now: number, perStep: number, finalize: boolean): void {
    const target = this.target ?? 0;
    let bar: string;
    let width: number;
    if (target > 0) {
      const count = `${String(current).padStart(String(target).length)}/${target}`;
      const done = Math.floor(this.#width * (current / target));
      const filled = done > 0 ? `${ESC}32m${'━'.repeat(done)}${ESC}0m` : '';
      const rest = '━'.repeat(Math.max(0, this.#width - done));
      bar = `${ESC}1m${count}${ESC}0m ${filled}${ESC}37m${rest}${ESC}0m`;
      width = count.length + 1 + Math.max(done, this.#width);
    } else {
      bar = `${String(current).padStart(7)}/Unknown`;
      width = bar.length;
    }
    const time =
      target > 0 && !finalize
        ? showRemaining(perStep * (target - current))
        : `${fixedText(now - this.#start, 0)}s`;
    const metrics = this.#means()
      .map(([name, value]) => ` - ${name}: ${showMetric(value)}`)
      .join('');
    const rest = ` ${showTime(perStep)}/${this.#unit}${metrics}`;
    const total = width + 1 + time.length + rest.length;
    const padding = ' '.repeat(Math.max(0, this.#total - total));
    this.#print(
      `${'\b'.repeat(this.#total)}\r${bar} ${ESC}1m${time}${ESC}0m${rest}${padding}${finalize ? '\n' : ''}`,
    );
    this.#total = total;
  }

  #perStep(current: number, now: number): number {
    if (current === 0) return 0;
    const perStep =
      this.#afterFirst !== undefined && current > 1
        ? (now - this.#afterFirst) / (current - 1)
        : (now - this.#start) / current;
    if (current === 1) this.#afterFirst = now;
    return perStep;
  }
}
