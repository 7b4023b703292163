/** Runs until the first comparison, while V8 is still optimising, and between two comparisons. */
const WARM_UP = 24;
const PERIOD = 400;
/** Runs of each kind in a comparison, one of one kind after one of the other. */
const EACH = 6;
/** Together must not take more than this times the time alone. */
const MARGIN = 1.02;

/**
 * Finds out for one program whether threads pay. On a machine that others keep busy they may not: a thread that the system
 * puts aside in the middle of its share holds up the rest. So from time to time a few runs of both kinds are compared.
 */
export class Trial {
  #left = WARM_UP;
  #isTrial = false;
  #together = true;
  readonly #times: Record<'alone' | 'together', number[]> = { alone: [], together: [] };

  /** Whether the next run should be on several threads. */
  get together(): boolean {
    return this.#isTrial ? this.#left % 2 === 0 : this.#together;
  }

  /** Whether the time of the next run is wanted. */
  get isTrial(): boolean {
    return this.#isTrial;
  }

  /** One run of the kind that `together` said is over; `ms` counts when its time was wanted. */
  done(ms: number): void {
    if (this.#isTrial) this.#times[this.together ? 'together' : 'alone'].push(ms);
    if (--this.#left > 0) return;
    if (this.#isTrial) this.#decide();
    this.#isTrial = !this.#isTrial;
    this.#left = this.#isTrial ? 2 * EACH : PERIOD;
  }

  #decide(): void {
    const { alone, together } = this.#times;
    // One accident of each kind does not count.
    const sum = (times: number[]): number =>
      times.reduce((total, ms) => total + ms, 0) - Math.max(...times);
    this.#together = sum(together) <= MARGIN * sum(alone);
    alone.length = 0;
    together.length = 0;
  }
}
