import * as ops from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';

/** One step of a random program: what it does, to which earlier values, with which choices. */
export interface RandomStep {
  readonly kind: number;
  readonly a: number;
  readonly b: number;
  readonly choice: number;
}

/** A program of elementwise operations, reductions, products and rearrangements: shapes of its inputs, and steps that each add a value. */
export interface RandomProgram {
  readonly rows: number;
  readonly columns: number;
  readonly steps: readonly RandomStep[];
  readonly seed: number;
}

/** How many different kinds of steps there are. */
export const stepKinds = 31;
/** Numbers of rows and columns that programs are tried with: around the width of vectors, and beyond blocks. */
export const programRows: readonly number[] = [1, 2, 3, 5, 8, 33, 70, 400];
export const programColumns: readonly number[] = [1, 2, 3, 4, 7, 10, 16, 33, 65, 130];

/** The program with this number: always the same one. */
export function numberedProgram(number: number): RandomProgram {
  const draws = ops.randomInt(ops.foldIn(ops.key('random programs'), number), [103], {
    low: 0,
    high: 1_000_000,
  }).data;
  const at = (i: number): number => draws[i] as number;
  return {
    rows: pick(programRows, at(0)),
    columns: pick(programColumns, at(1)),
    seed: number,
    steps: Array.from({ length: 1 + (at(2) % 24) }, (_, i) => ({
      kind: at(3 + 4 * i) % stepKinds,
      a: at(4 + 4 * i),
      b: at(5 + 4 * i),
      choice: at(6 + 4 * i),
    })),
  };
}

/** The inputs of a program: a matrix, a row, a column, a scalar and whole numbers. */
export function randomInputs({ rows, columns, seed }: RandomProgram): Tensor[] {
  const draw = (name: string, shape: readonly number[]): Tensor =>
    ops.randomUniform(ops.foldIn(ops.key(seed), name), shape, { low: -2, high: 2 });
  return [
    draw('matrix', [rows, columns]),
    draw('row', [columns]),
    draw('column', [rows, 1]),
    draw('scalar', []),
    ops.randomInt(ops.foldIn(ops.key(seed), 'whole'), [rows], { low: 0, high: rows }),
  ];
}

const pick = <T>(list: readonly T[], number: number): T => list[number % list.length] as T;

/** Whether two shapes broadcast. */
function broadcasts(a: readonly number[], b: readonly number[]): boolean {
  const rank = Math.min(a.length, b.length);
  for (let i = 1; i <= rank; i++) {
    const [x, y] = [a.at(-i), b.at(-i)];
    if (x !== y && x !== 1 && y !== 1) return false;
  }
  return true;
}

/** Values stay small, so that nothing overflows and differences keep a meaning. */
const tame = (x: Tensor): Tensor => x.clip(-8, 8);

function take(step: RandomStep, floats: readonly Tensor[], whole: Tensor): Tensor {
  // Where a rounding decides between two results, only the inputs are asked: they are the same everywhere.
  const jumps = step.kind >= 26 && step.kind <= 28;
  const x = pick(jumps ? floats.slice(0, 4) : floats, step.a);
  const others = floats.filter((y) => broadcasts(x.shape, y.shape) && x.rank + y.rank < 8);
  const y = pick(others, step.b);
  const axis = x.rank === 0 ? null : step.choice % x.rank;
  switch (step.kind) {
    case 0:
      return x.add(y);
    case 1:
      return tame(x.mul(y));
    case 2:
      return x.sub(y);
    case 3:
      return x.div(y.square().add(1));
    case 4:
      return x.maximum(y);
    case 5:
      return ops.where(x.less(y), x, y.neg());
    case 6:
      return x.tanh();
    case 7:
      return tame(x).exp().add(1).log();
    case 8:
      return x.sigmoid();
    case 9:
      return x.abs().add(0.5).sqrt();
    case 10:
      return ops.relu(x);
    case 11:
      return tame(axis === null ? x.sum() : x.sum({ axis }));
    case 12:
      return axis === null ? x.max() : x.max({ axis, keepDims: true });
    case 13:
      return x.mean();
    case 14:
      return axis === null ? x : x.sub(x.mean({ axis, keepDims: true }));
    case 15:
      return axis === null ? x : ops.softmax(x, { axis });
    case 16:
      return x.transpose();
    case 17:
      return x.reshape([-1]);
    case 18:
      return ops.slice(
        x,
        x.shape.map(() => 0),
        x.shape.map((length, i) => (i === 0 ? length : Math.ceil(length / 2))),
      );
    case 19:
      return axis === null ? x : ops.flip(x, { axis });
    case 20:
      return axis === null ? x : ops.concatenate([x, x.mul(2)], { axis });
    case 21:
      return axis === null
        ? x
        : ops.pad(
            x,
            x.shape.map((_, i) => (i === axis ? [1, 2] : [0, 1]) as [number, number]),
          );
    case 22:
      return x.rank === 2 ? tame(ops.matmul(x, x.transpose()).mul(0.1)) : x;
    case 23:
      return x.rank === 2 ? tame(ops.matmul(x, x, { transposeX: true }).mul(0.1)) : x;
    case 24:
      return x.rank > 0 && x.shape[0] === whole.shape[0] ? ops.take(x, whole, { axis: 0 }) : x;
    case 25:
      return axis === null ? x : tame(ops.cumsum(x, { axis }));
    case 26:
      return axis === null ? x : x.argMax({ axis }).cast('float32').mul(0.1);
    case 27:
      return x.greater(0).cast('float32').add(x);
    case 28:
      return x.cast('int32').cast('float32');
    case 29:
      return x.rank < 2
        ? x.expandDims(0)
        : x.reshape([x.shape[0] as number, 1, ...x.shape.slice(1)]);
    default:
      return tame(axis === null ? x.sum() : x.sum({ axis: x.rank > 1 ? [0, x.rank - 1] : 0 }));
  }
}

/** Runs a program on its inputs, eagerly or inside `compile`. All values with few enough elements go on living. */
export function runProgram({ steps }: RandomProgram, inputs: readonly Tensor[]): Tensor[] {
  const floats = inputs.slice(0, 4);
  const whole = inputs[4] as Tensor;
  for (const step of steps) {
    const result = take(step, floats, whole);
    if (result.size <= 60_000 && result.rank <= 4) floats.push(result);
  }
  // The last few are the results, so that what lies between can be fused away.
  return floats.slice(-3);
}
