/** Runs until the first comparison, while V8 is still optimising, and between two comparisons. */
const WARM_UP = 24;
const SHORTEST_PERIOD = 100;
const LONGEST_PERIOD = 6400;
/** The machine may be another one by then. */
const LONGEST_PERIOD_MS = 10_000;
/** Runs of each way in a comparison, one after the other in turn. */
const EACH = 6;
/** A way that takes more of the machine must be this much faster. */
const MARGIN = 0.98;

/**
 * Finds out which of several ways to run a program is the fastest, while it runs. On a quiet machine threads pay, more so when
 * they wait for each other without sleeping; on one that others keep busy they may not: a thread that the system puts
 * aside in the middle of its share holds up the rest. So from time to time a few runs of each way are compared.
 */
export class Trial {
  readonly #times: number[][];
  #chosen: number;
  #isTrial = false;
  #left = WARM_UP;
  #period = SHORTEST_PERIOD;

  /**
   * @param ways how many there are, in order of what they take of the machine.
   * @param first the way until the first comparison.
   */
  constructor(ways: number, first: number) {
    this.#times = Array.from({ length: ways }, () => []);
    this.#chosen = first;
  }

  /** The way that the next run should take. */
  get way(): number {
    return this.#isTrial ? this.#left % this.#times.length : this.#chosen;
  }

  /** Whether the time of the next run is wanted. */
  get isTrial(): boolean {
    return this.#isTrial;
  }

  /** One run, in the way that `way` said, is over; `ms` counts when its time was wanted. */
  done(ms: number): void {
    if (this.#isTrial) this.#times[this.way]?.push(ms);
    if (--this.#left > 0) return;
    if (this.#isTrial) this.#decide();
    this.#isTrial = !this.#isTrial;
    this.#left = this.#isTrial ? this.#times.length * EACH : this.#period;
  }

  #decide(): void {
    // One accident of each way does not count.
    const sums = this.#times.map(
      (times) => times.reduce((total, ms) => total + ms, 0) - Math.max(...times),
    );
    let best = 0;
    sums.forEach((sum, way) => {
      if (sum < MARGIN * (sums[best] as number)) best = way;
    });
    const ms = (sums[best] as number) / (EACH - 1);
    this.#period =
      best === this.#chosen
        ? Math.min(2 * this.#period, LONGEST_PERIOD, Math.ceil(LONGEST_PERIOD_MS / ms))
        : SHORTEST_PERIOD;
    this.#period = Math.max(this.#period, SHORTEST_PERIOD);
    this.#chosen = best;
    for (const times of this.#times) times.length = 0;
  }
}
