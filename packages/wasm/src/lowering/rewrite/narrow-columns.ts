import type { Graph, GraphNode, Primitive, TensorType, ValueId } from '@gradus/tensor/backend';
import { primitives } from '@gradus/tensor/backend';
import { sizeOf } from '../access.js';

/** Matrices of at most this many columns are taken apart: from about 6 on, products of whole matrices are faster. */
const MOST_COLUMNS = 5;
/** Products of columns that become one sum each: at most this many, so that their sums fit in a loop. */
const MOST_SUMS = 32;
/** Fewer rows than this are not worth it. */
const FEWEST_ROWS = 16;

interface MatmulParams {
  readonly transposeX: boolean;
  readonly transposeY: boolean;
}

const isMatrix = ({ shape, dtype }: TensorType): boolean =>
  shape.length === 2 && dtype === 'float32';

/**
 * Takes long matrices of a few columns apart, so that a layer of a few units is no product but a handful of multiplications
 * in a loop over the rows: with its bias, its activation, the loss, and all of their gradients, the step of a small network
 * becomes one pass over the data. Weights become single numbers, and gradients of weights sums over the rows.
 *
 * Gives back the graph itself when there is no chain of such layers.
 */
export function takeNarrowApart(graph: Graph): Graph {
  const seeds = graph.nodes.filter((node) => isNarrowProduct(graph.types, node));
  // A product alone is faster as a product; what pays is the chain.
  return seeds.length > 1 ? new Rewriter(graph).run() : graph;
}

function isNarrowProduct(
  types: readonly TensorType[],
  { primitive, params, inputs }: GraphNode,
): boolean {
  if (primitive.name !== 'matmul') return false;
  const [x, y] = inputs.map((value) => types[value] as TensorType) as [TensorType, TensorType];
  if (!isMatrix(x) || !isMatrix(y) || (params as MatmulParams).transposeX) return false;
  const [rows, inner] = x.shape as readonly [number, number];
  const columns = y.shape[(params as MatmulParams).transposeY ? 0 : 1] as number;
  return (
    rows >= FEWEST_ROWS &&
    inner >= 1 &&
    inner <= MOST_COLUMNS &&
    columns >= 1 &&
    columns <= MOST_COLUMNS
  );
}

class Rewriter {
  readonly #graph: Graph;
  readonly #types: TensorType[];
  readonly #nodes: GraphNode[] = [];
  /** Values that exist only as their columns, each [rows]. */
  readonly #columns = new Map<ValueId, readonly ValueId[]>();
  readonly #inMemory = new Set<ValueId>();
  readonly #parts = new Map<string, ValueId>();

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#types = [...graph.types];
  }

  run(): Graph {
    for (const node of this.#graph.nodes) {
      if (this.#rewrite(node)) continue;
      node.inputs.forEach((value) => this.#whole(value));
      this.#nodes.push(node);
    }
    [...this.#graph.outputs, ...this.#graph.nextState].forEach((value) => this.#whole(value));
    return { ...this.#graph, types: this.#types, nodes: this.#nodes };
  }

  #type(value: ValueId): TensorType {
    return this.#types[value] as TensorType;
  }

  #rewrite(node: GraphNode): boolean {
    const { primitive } = node;
    if (primitive.name === 'matmul')
      return isNarrowProduct(this.#types, node) ? this.#product(node) : this.#sums(node);
    if (!node.inputs.some((value) => this.#columns.has(value))) return false;
    if (primitive.traits.kind === 'elementwise') return this.#elementwise(node);
    if (primitive.name === 'reshape') return this.#reshape(node);
    return primitive.name === 'sum' && this.#sum(node);
  }

  /** [rows, inner] x [inner, columns]: each column of the result is a sum of multiples of columns. */
  #product({ params, inputs, outputs }: GraphNode): boolean {
    const [x, y] = inputs as readonly [ValueId, ValueId];
    const [output] = outputs as readonly [ValueId];
    const { transposeY } = params as MatmulParams;
    const shape = this.#type(output).shape;
    const inner = this.#columnsOf(x);
    this.#whole(y);
    const columns = Array.from({ length: shape[1] as number }, (_, n) => {
      let total: ValueId | undefined;
      inner.forEach((column, k) => {
        const weight = this.#number(y, transposeY ? [n, k] : [k, n]);
        const term = this.#emit('mul', [column, weight]);
        total = total === undefined ? term : this.#emit('add', [total, term]);
      });
      return total as ValueId;
    });
    this.#columns.set(output, columns);
    return true;
  }

  /** [rows, m] transposed x [rows, n]: each element of the result is a sum over the rows. */
  #sums({ params, inputs, outputs }: GraphNode): boolean {
    const [x, y] = inputs as readonly [ValueId, ValueId];
    const [output] = outputs as readonly [ValueId];
    const { transposeX, transposeY } = params as MatmulParams;
    if (!transposeX || transposeY || !isMatrix(this.#type(x)) || !isMatrix(this.#type(y)))
      return false;
    if (!this.#columns.has(x) && !this.#columns.has(y)) return false;
    const { shape } = this.#type(output);
    if (sizeOf(shape) > MOST_SUMS) return false;
    const right = this.#columnsOf(y);
    const sums = this.#columnsOf(x).flatMap((a) =>
      right.map((b) => this.#total(this.#emit('mul', [a, b]))),
    );
    this.#gather(sums, output);
    return true;
  }

  #elementwise({ primitive, params, inputs, outputs }: GraphNode): boolean {
    const [output] = outputs as readonly [ValueId];
    const { shape, dtype } = this.#type(output);
    const rows = shape[0] ?? 1;
    const width = shape.length === 2 ? (shape[1] as number) : 1;
    const isNarrow = (shape.length === 1 || shape.length === 2) && width <= MOST_COLUMNS;
    const source = inputs.find((value) => this.#columns.has(value)) as ValueId;
    // The rows of what is in columns must be the rows of the result.
    if (!isNarrow || this.#type(source).shape[0] !== rows) return false;
    if (shape.length === 1 && inputs.some((value) => this.#type(value).shape.length > 1))
      return false;
    const column = (value: ValueId, n: number): ValueId | undefined => {
      const type = this.#type(value);
      if (sizeOf(type.shape) === 1)
        return this.#number(
          value,
          type.shape.map(() => 0),
        );
      if (type.shape.length === shape.length && type.shape[0] === rows) {
        const columns = this.#columnsOf(value);
        return columns[columns.length === 1 ? 0 : n];
      }
      // A row that all rows share.
      if (type.shape.at(-1) === width && sizeOf(type.shape) === width) {
        this.#whole(value);
        return this.#number(value, type.shape.length === 1 ? [n] : [0, n]);
      }
      return undefined;
    };
    const operands = Array.from({ length: width }, (_, n) =>
      inputs.map((value) => column(value, n)),
    );
    if (operands.some((list) => list.includes(undefined))) return false;
    this.#columns.set(
      output,
      operands.map((list) =>
        this.#node(primitive, params, list as ValueId[], { shape: [rows], dtype }),
      ),
    );
    return true;
  }

  /** One column may be called [rows] or [rows, 1]. */
  #reshape({ inputs, outputs }: GraphNode): boolean {
    const [input] = inputs as readonly [ValueId];
    const [output] = outputs as readonly [ValueId];
    const columns = this.#columns.get(input) as readonly ValueId[];
    const { shape } = this.#type(output);
    const rows = this.#type(input).shape[0] as number;
    if (columns.length !== 1 || shape[0] !== rows || shape.length > 2) return false;
    this.#columns.set(output, columns);
    return true;
  }

  #sum({ params, inputs, outputs }: GraphNode): boolean {
    const [input] = inputs as readonly [ValueId];
    const [output] = outputs as readonly [ValueId];
    const { axes } = params as { readonly axes: readonly number[] };
    const rank = this.#type(input).shape.length;
    let columns = this.#columns.get(input) as readonly ValueId[];
    if (axes.includes(1)) columns = [columns.reduce((a, b) => this.#emit('add', [a, b]))];
    if (!axes.includes(0)) this.#columns.set(output, columns);
    else if (rank === 1 || axes.length === 2)
      this.#define('reshape', { shape: [] }, [this.#total(columns[0] as ValueId)], output);
    else
      this.#gather(
        columns.map((column) => this.#total(column)),
        output,
      );
    return true;
  }

  /** The sum of a column: a scalar. */
  #total(column: ValueId): ValueId {
    return this.#node(primitive('sum'), { axes: [0] }, [column], {
      shape: [],
      dtype: this.#type(column).dtype,
    });
  }

  /** Scalars, put together in memory as a value of the graph. */
  #gather(scalars: readonly ValueId[], output: ValueId): void {
    const { dtype, shape } = this.#type(output);
    const pieces = scalars.map((value) =>
      this.#node(primitive('reshape'), { shape: [1] }, [value], { shape: [1], dtype }),
    );
    const joined =
      pieces.length === 1
        ? (pieces[0] as ValueId)
        : this.#node(primitive('concat'), { axis: 0 }, pieces, { shape: [pieces.length], dtype });
    this.#define('reshape', { shape }, [joined], output);
  }

  /** Puts a value in memory that exists only as columns. */
  #whole(value: ValueId): void {
    const columns = this.#columns.get(value);
    if (columns === undefined || this.#inMemory.has(value)) return;
    this.#inMemory.add(value);
    const { shape, dtype } = this.#type(value);
    const rows = shape[0] as number;
    const pieces = columns.map((column) =>
      columns.length === 1
        ? column
        : this.#node(primitive('reshape'), { shape: [rows, 1] }, [column], {
            shape: [rows, 1],
            dtype,
          }),
    );
    if (pieces.length === 1) this.#define('reshape', { shape }, pieces, value);
    else this.#define('concat', { axis: 1 }, pieces, value);
  }

  #columnsOf(value: ValueId): readonly ValueId[] {
    const known = this.#columns.get(value);
    if (known !== undefined) return known;
    const { shape, dtype } = this.#type(value);
    const [rows, width = 1] = shape as readonly [number, number?];
    return Array.from({ length: width }, (_, n) =>
      this.#part(`${value} column ${n}`, () => {
        let column = value;
        if (width > 1)
          column = this.#node(
            primitive('slice'),
            { begin: [0, n], size: [rows, 1], step: [1, 1] },
            [value],
            { shape: [rows, 1], dtype },
          );
        return shape.length === 1
          ? column
          : this.#node(primitive('reshape'), { shape: [rows] }, [column], { shape: [rows], dtype });
      }),
    );
  }

  /** One element as a scalar. */
  #number(value: ValueId, at: readonly number[]): ValueId {
    return this.#part(`${value} at ${at.join()}`, () => {
      const { shape, dtype } = this.#type(value);
      this.#whole(value);
      if (shape.length === 0) return value;
      const one =
        sizeOf(shape) === 1
          ? value
          : this.#node(
              primitive('slice'),
              { begin: at, size: at.map(() => 1), step: at.map(() => 1) },
              [value],
              { shape: at.map(() => 1), dtype },
            );
      return this.#node(primitive('reshape'), { shape: [] }, [one], { shape: [], dtype });
    });
  }

  #part(key: string, make: () => ValueId): ValueId {
    const known = this.#parts.get(key);
    if (known !== undefined) return known;
    const value = make();
    this.#parts.set(key, value);
    return value;
  }

  #emit(name: string, inputs: readonly ValueId[]): ValueId {
    const [first, second] = inputs.map((value) => this.#type(value)) as [TensorType, TensorType];
    return this.#node(
      primitive(name),
      undefined,
      inputs,
      first.shape.length === 0 ? second : first,
    );
  }

  #node(of: Primitive, params: unknown, inputs: readonly ValueId[], type: TensorType): ValueId {
    const output = this.#types.push(type) - 1;
    this.#nodes.push({ primitive: of, params, inputs, outputs: [output] });
    return output;
  }

  #define(name: string, params: unknown, inputs: readonly ValueId[], output: ValueId): void {
    this.#nodes.push({ primitive: primitive(name), params, inputs, outputs: [output] });
  }
}

function primitive(name: string): Primitive {
  return primitives.get(name) as Primitive;
}
