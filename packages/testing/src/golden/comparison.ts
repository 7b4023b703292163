import { compile } from '@gradus/tensor';
import type { Tensor, Tree } from '@gradus/tensor';
import { readNumber } from './format.js';
import type { Saved, Tolerance } from './format.js';

/** Collects what a case got and what Keras got. */
export class Comparison {
  readonly faults: string[] = [];
  /** Largest absolute difference of two finite numbers seen so far. */
  largest = 0;
  readonly #isCompiled: boolean;

  /** @param isCompiled whether cases record what they compute and run it as a program of the default backend. */
  constructor(isCompiled = false) {
    this.#isCompiled = isCompiled;
  }

  /** Computes something from tensors: at once, or as a program. */
  run<Arguments extends Tree, Result extends Tree>(
    compute: (given: Arguments) => Result,
    given: Arguments,
  ): Result {
    return this.#isCompiled ? compile(compute)(given) : compute(given);
  }

  /** Records a fault that is no matter of rounding. */
  expect(holds: boolean, fault: string): void {
    if (!holds) this.faults.push(fault);
  }

  equal(what: string, got: unknown, want: unknown): void {
    const a = JSON.stringify(got);
    const b = JSON.stringify(want);
    this.expect(a === b, `${what}: got ${a}, Keras has ${b}`);
  }

  numbers(
    what: string,
    got: ArrayLike<number>,
    want: readonly (number | string)[],
    { rtol, atol }: Tolerance,
    ambiguous: readonly number[] = [],
  ): void {
    if (got.length !== want.length) {
      this.faults.push(`${what}: ${got.length} numbers, Keras has ${want.length}`);
      return;
    }
    const skip = new Set(ambiguous);
    let worst = 0;
    let where = -1;
    let count = 0;
    want.forEach((value, i) => {
      if (skip.has(i)) return;
      const a = got[i] as number;
      const b = readNumber(value);
      if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return;
      const off = Math.abs(a - b);
      if (Number.isFinite(off)) this.largest = Math.max(this.largest, off);
      if (off <= atol + rtol * Math.abs(b)) return;
      count++;
      if (where < 0 || !(off <= worst)) {
        worst = off;
        where = i;
      }
    });
    if (where >= 0)
      this.faults.push(
        `${what}: ${count} of ${want.length} off, at most by ${worst.toPrecision(3)}: [${where}] is ${got[where]}, Keras has ${want[where]} (atol ${atol}, rtol ${rtol})`,
      );
  }

  tensor(
    what: string,
    got: Tensor | null | undefined,
    want: Saved | null | undefined,
    tolerance: Tolerance,
    ambiguous: readonly number[] = [],
  ): void {
    if (want === null || want === undefined) {
      this.expect(got === null || got === undefined, `${what}: a tensor where Keras has none`);
      return;
    }
    if (got === null || got === undefined) {
      this.faults.push(`${what}: no tensor where Keras has one`);
      return;
    }
    if (got.shape.join() !== want.shape.join()) {
      this.faults.push(
        `${what}: shape [${got.shape.join(', ')}], Keras has [${want.shape.join(', ')}]`,
      );
      return;
    }
    this.numbers(what, got.data, want.data, tolerance, ambiguous);
  }
}
