/** Hands out stretches of a region and takes them back, so that values that are never alive together share memory. */
export class Arena {
  /** Free stretches, ascending, none touching the next. */
  #free: { start: number; end: number }[] = [];
  #end = 0;

  /** Bytes the region needs. */
  get bytes(): number {
    return this.#end;
  }

  /** The start of `bytes` free bytes: the smallest stretch that is large enough, else the end grows. */
  take(bytes: number): number {
    const length = Math.ceil(Math.max(bytes, 1) / 64) * 64;
    let best: { start: number; end: number } | undefined;
    for (const stretch of this.#free) {
      const size = stretch.end - stretch.start;
      if (size >= length && (best === undefined || size < best.end - best.start)) best = stretch;
    }
    if (best !== undefined) {
      const { start } = best;
      best.start += length;
      if (best.start === best.end) this.#free = this.#free.filter((stretch) => stretch !== best);
      return start;
    }
    const last = this.#free.at(-1);
    if (last !== undefined && last.end === this.#end) {
      this.#free.pop();
      this.#end = last.start + length;
      return last.start;
    }
    const start = this.#end;
    this.#end += length;
    return start;
  }

  give(start: number, bytes: number): void {
    const end = start + Math.ceil(Math.max(bytes, 1) / 64) * 64;
    const before = this.#free.find((stretch) => stretch.end === start);
    const after = this.#free.find((stretch) => stretch.start === end);
    if (before !== undefined && after !== undefined) {
      before.end = after.end;
      this.#free = this.#free.filter((stretch) => stretch !== after);
    } else if (before !== undefined) before.end = end;
    else if (after !== undefined) after.start = start;
    else this.#free = [...this.#free, { start, end }].sort((a, b) => a.start - b.start);
  }
}
