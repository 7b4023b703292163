import type { TypedArray } from '../dtype.js';
import type { Shape } from '../shape.js';

/** A way to read memory: where it starts, and how far apart neighbours are along each axis. */
export interface View {
  readonly base: number;
  readonly strides: readonly number[];
}

/** Visits two views of the same shape together, row by row along the last axis. */
export interface Walk {
  /** Distance between neighbours in a row, in each view. */
  readonly stepA: number;
  readonly stepB: number;
  run(row: (a: number, b: number, count: number) => void): void;
}

/**
 * Prepares a walk. Axes that lie behind one another in both views are merged first, so that rows get long: a
 * transpose of two outer axes still copies whole blocks. Running it allocates nothing.
 */
export function walk(shape: Shape, a: View, b: View): Walk {
  const lengths: number[] = [];
  const stridesA: number[] = [];
  const stridesB: number[] = [];
  shape.forEach((length, axis) => {
    if (length === 1) return;
    const strideA = a.strides[axis] as number;
    const strideB = b.strides[axis] as number;
    const last = lengths.length - 1;
    if (last >= 0 && stridesA[last] === strideA * length && stridesB[last] === strideB * length) {
      (lengths[last] as number) *= length;
      stridesA[last] = strideA;
      stridesB[last] = strideB;
      return;
    }
    lengths.push(length);
    stridesA.push(strideA);
    stridesB.push(strideB);
  });
  const count = lengths.pop() ?? 1;
  const stepA = stridesA.pop() ?? 1;
  const stepB = stridesB.pop() ?? 1;
  const rows = lengths.reduce((product, length) => product * length, 1);
  const index = new Int32Array(lengths.length);
  return {
    stepA,
    stepB,
    run(row) {
      if (count === 0) return;
      index.fill(0);
      let atA = a.base;
      let atB = b.base;
      for (let r = 0; r < rows; r++) {
        row(atA, atB, count);
        for (let axis = lengths.length - 1; axis >= 0; axis--) {
          const length = lengths[axis] as number;
          const strideA = stridesA[axis] as number;
          const strideB = stridesB[axis] as number;
          atA += strideA;
          atB += strideB;
          if (((index[axis] as number) += 1) < length) break;
          index[axis] = 0;
          atA -= length * strideA;
          atB -= length * strideB;
        }
      }
    },
  };
}

/** Copies from one view to another, element by element. */
export function stridedCopy(
  shape: Shape,
  source: View,
  target: View,
): (from: TypedArray, to: TypedArray) => void {
  const path = walk(shape, source, target);
  const { stepA, stepB } = path;
  let from: TypedArray;
  let to: TypedArray;
  const row = (a: number, b: number, count: number): void => {
    for (let k = 0; k < count; k++) to[b + k * stepB] = from[a + k * stepA] as number;
  };
  return (x, y) => {
    from = x;
    to = y;
    path.run(row);
  };
}
