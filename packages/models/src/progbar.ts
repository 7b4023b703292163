/** Options of {@link ProgressBar}. */
export interface ProgressBarOptions {
  readonly print: (text: string) => void;
  /** Cells of the bar. Default 20. */
  readonly width?: number;
  /** Seconds between two drawings at least. Default 0.05. */
  readonly interval?: number;
  /** What one step is called. Default 'step'. */
  readonly unitName?: string;
  /** Seconds now; for tests. */
  readonly now?: () => number;
}

const ESC = '\u001b[';

/** A number as Keras' bar shows it. */
export function showMetric(value: number): string {
  return Math.abs(value) > 1e-3 || Number.isNaN(value) ? value.toFixed(4) : exponent(value);
}

function exponent(value: number): string {
  return value.toExponential(4).replace(/e([+-])(\d)$/, 'e$10$2');
}

function showTime(seconds: number): string {
  if (seconds >= 1 || seconds === 0) return `${seconds.toFixed(0)}s`;
  if (seconds >= 1e-3) return `${(seconds * 1e3).toFixed(0)}ms`;
  return `${(seconds * 1e6).toFixed(0)}us`;
}

function showRemaining(seconds: number): string {
  const whole = Math.floor(seconds);
  const pad = (value: number): string => String(value).padStart(2, '0');
  if (seconds > 3600)
    return `${Math.floor(whole / 3600)}:${pad(Math.floor((whole % 3600) / 60))}:${pad(whole % 60)}`;
  if (seconds > 60) return `${Math.floor(whole / 60)}:${pad(whole % 60)}`;
  return `${whole}s`;
}

/** The line of one epoch where no bar can be drawn (Keras' verbose 2). */
export function epochLine(
  steps: number,
  target: number | undefined,
  seconds: number,
  logs: Readonly<Record<string, number>>,
): string {
  const perStep = steps === 0 ? 0 : seconds / steps;
  const metrics = Object.entries(logs).map(
    ([name, value]) => ` - ${name}: ${value > 1e-3 ? value.toFixed(4) : exponent(value)}`,
  );
  return `${target ?? steps}/${target ?? steps} - ${seconds.toFixed(0)}s - ${showTime(perStep)}/step${metrics.join('')}`;
}

/** Keras' progress bar, character by character. Format: Keras 3.15.1, measured from its output. */
export class ProgressBar {
  #target: number | undefined;
  readonly #print: (text: string) => void;
  readonly #width: number;
  readonly #interval: number;
  readonly #now: () => number;
  readonly #start: number;
  readonly #unit: string;
  #last = 0;
  #afterFirst: number | undefined;
  #seen = 0;
  #total = 0;

  constructor(
    target: number | undefined,
    {
      print,
      width = 20,
      interval = 0.05,
      unitName = 'step',
      now = () => performance.now() / 1000,
    }: ProgressBarOptions,
  ) {
    this.#target = target;
    this.#print = print;
    this.#width = width;
    this.#interval = interval;
    this.#now = now;
    this.#unit = unitName;
    this.#start = now();
  }

  /** Draws step `current`; `values` is asked only when something is drawn. */
  update(current: number, values: () => Readonly<Record<string, number>>, finalize = false): void {
    const now = this.#now();
    this.#seen = current;
    if (now - this.#last < this.#interval && !finalize) {
      this.#rememberFirst(current, now);
      return;
    }
    const target = this.#target;
    let bar: string;
    let width: number;
    if (target === undefined) {
      bar = `${String(current).padStart(7)}/Unknown`;
      width = 15;
    } else {
      const digits = Math.floor(Math.log10(Math.max(1, target))) + 1;
      const count = `${String(current).padStart(digits)}/${target}`;
      const done = Math.floor((this.#width * current) / target);
      const filled = done > 0 ? `${ESC}32m${'━'.repeat(done)}${ESC}0m` : '';
      bar = `${ESC}1m${count}${ESC}0m ${filled}${ESC}37m${'━'.repeat(this.#width - done)}${ESC}0m`;
      width = count.length + 1 + this.#width;
    }
    const perStep = this.#perStep(current, now);
    const time =
      target === undefined || finalize
        ? ` ${ESC}1m${(now - this.#start).toFixed(0)}s${ESC}0m ${showTime(perStep)}/${this.#unit}`
        : ` ${ESC}1m${showRemaining(perStep * (target - current))}${ESC}0m ${showTime(perStep)}/${this.#unit}`;
    const metrics = Object.entries(values())
      .map(([name, value]) => ` - ${name}: ${showMetric(value)}`)
      .join('');
    const plain = time.replaceAll(/\u001b\[\d+m/g, '');
    const total = width + plain.length + metrics.length;
    const padding = this.#total > total ? ' '.repeat(this.#total - total) : '';
    this.#print(
      `${'\b'.repeat(this.#total)}\r${bar}${time}${metrics}${padding}${finalize ? '\n' : ''}`,
    );
    this.#total = total;
    this.#last = now;
  }

  #rememberFirst(current: number, now: number): void {
    if (current === 1) this.#afterFirst = now;
  }

  #perStep(current: number, now: number): number {
    this.#rememberFirst(current, now);
    if (current === 0) return 0;
    return this.#afterFirst === undefined || current === 1
      ? (now - this.#start) / current
      : (now - this.#afterFirst) / (current - 1);
  }

  /** Draws the end of an epoch. */
  finish(values: Readonly<Record<string, number>>): void {
    this.#target ??= this.#seen;
    this.update(this.#target, () => values, true);
  }
}
