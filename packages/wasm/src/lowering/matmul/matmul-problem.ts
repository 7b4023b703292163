import type { ValueId } from '@gradus/tensor/backend';
import { sizeOf } from '../access.js';
import type { GraphView } from '../graph-view.js';

/** A stack of matrices in memory, in elements. */
export interface Operand {
  readonly value: ValueId;
  /** From one stored row to the next. */
  readonly step: number;
  /** Whether the stored rows are the columns of the product's operand. */
  readonly transposed: boolean;
  /** For each batch axis of the result, from one matrix to the next; 0 where one serves all. */
  readonly batch: readonly number[];
}

/** What a `matmul` node asks for: for each point of the batch, an m by k matrix times a k by n one. */
export interface MatmulProblem {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batch: readonly number[];
  readonly x: Operand;
  readonly y: Operand;
}

/** Where the matrices of an operand are: a transpose before it is read through, as long as one axis stays contiguous. */
function operandOf(
  view: GraphView,
  value: ValueId,
  transposed: boolean,
  batch: readonly number[],
): { readonly operand: Operand; readonly through: readonly number[] } {
  const { shape } = view.type(value);
  let from = value;
  let strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  let through: number[] = [];
  const producer = view.producer(value);
  if (producer !== undefined) {
    const node = view.node(producer);
    // Only where everybody reads through it: else it is in memory anyway.
    const isMatmul = (user: number): boolean => view.node(user).primitive.name === 'matmul';
    if (
      node.primitive.name === 'transpose' &&
      !view.isOutput(value) &&
      view.users(value).every(isMatmul)
    ) {
      const { axes } = node.params as { readonly axes: readonly number[] };
      const source = node.inputs[0] as ValueId;
      const sourceShape = view.type(source).shape;
      const permuted = axes.map((axis) => sizeOf(sourceShape.slice(axis + 1)));
      if (permuted.at(-1) === 1 || permuted.at(-2) === 1) {
        from = source;
        strides = permuted;
        through = [producer];
      }
    }
  }
  const rank = shape.length;
  const [rowStride, columnStride] = strides.slice(-2) as [number, number];
  // An axis of one element may claim any stride: then the other one decides.
  const isColumnMajor = columnStride !== 1 && rowStride === 1;
  const lead = batch.length - (rank - 2);
  return {
    operand: {
      value: view.owner(from),
      step: isColumnMajor ? columnStride : rowStride,
      transposed: transposed !== isColumnMajor,
      batch: batch.map((_, axis) => {
        const own = axis - lead;
        return own < 0 || shape[own] === 1 ? 0 : (strides[own] as number);
      }),
    },
    through,
  };
}

/** Batch axes that run on in memory become one; a batch that only x has becomes more rows. */
function collapse(problem: MatmulProblem): MatmulProblem {
  const batch: number[] = [];
  const x: number[] = [];
  const y: number[] = [];
  problem.batch.forEach((length, axis) => {
    if (length === 1) return;
    const [sx, sy] = [problem.x.batch[axis] as number, problem.y.batch[axis] as number];
    const last = batch.length - 1;
    if (last >= 0 && x[last] === sx * length && y[last] === sy * length) {
      batch[last] = (batch[last] as number) * length;
      x[last] = sx;
      y[last] = sy;
      return;
    }
    batch.push(length);
    x.push(sx);
    y.push(sy);
  });
  const { m } = problem;
  if (batch.length === 1 && y[0] === 0 && !problem.x.transposed && x[0] === m * problem.x.step)
    return {
      ...problem,
      m: m * (batch[0] as number),
      batch: [],
      x: { ...problem.x, batch: [] },
      y: { ...problem.y, batch: [] },
    };
  return { ...problem, batch, x: { ...problem.x, batch: x }, y: { ...problem.y, batch: y } };
}

/** The problem of a `matmul` node of float32, and the transposes it reads through; undefined when it is none or empty. */
export function matmulProblem(
  view: GraphView,
  index: number,
): { readonly problem: MatmulProblem; readonly through: readonly number[] } | undefined {
  const { primitive, inputs, outputs, params } = view.node(index);
  if (primitive.name !== 'matmul') return undefined;
  const [xValue, yValue] = inputs as readonly [ValueId, ValueId];
  const { shape, dtype } = view.type(outputs[0] as ValueId);
  if (dtype !== 'float32') return undefined;
  const { transposeX, transposeY } = params as { transposeX: boolean; transposeY: boolean };
  const [m, n] = shape.slice(-2) as [number, number];
  const k = view.type(xValue).shape.at(transposeX ? -2 : -1) as number;
  const batch = shape.slice(0, -2);
  if (sizeOf(shape) === 0 || k === 0) return undefined;
  const x = operandOf(view, xValue, transposeX, batch);
  const y = operandOf(view, yValue, transposeY, batch);
  return {
    problem: collapse({ m, n, k, batch, x: x.operand, y: y.operand }),
    through: [...new Set([...x.through, ...y.through])],
  };
}

/** The same product with the roles of x and y exchanged. Only for one column: then the result lies the same in memory. */
export function exchanged(problem: MatmulProblem): MatmulProblem {
  const turn = (operand: Operand): Operand => ({ ...operand, transposed: !operand.transposed });
  return {
    ...problem,
    m: problem.n,
    n: problem.m,
    x: turn(problem.y),
    y: turn(problem.x),
  };
}
