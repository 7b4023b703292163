import type { Graph, GraphNode, TensorType, ValueId } from '@gradus/tensor/backend';

/** More pieces would only make more code. */
const MOST_PIECES = 4;
/** Products of fewer rows are less than what one tile of a product holds, twice. */
const FEWEST_ROWS = 16;

/** A loop body for some of the rows of everything that it carries, steps through and gives. */
export interface RowSplit {
  readonly body: Graph;
  readonly pieces: number;
}

/** Whether what a node gives in a row depends on nothing but the same row of what it reads. `isRows` tells who has rows. */
function keepsRows(
  { primitive, params, inputs, outputs }: GraphNode,
  type: (value: ValueId) => TensorType,
  isRows: (value: ValueId) => boolean,
): boolean {
  const { shape } = type(outputs[0] as ValueId);
  const rank = shape.length;
  const [first, second] = inputs;
  const list = (name: string): readonly number[] =>
    (params as Record<string, readonly number[]>)[name] as readonly number[];
  const sameRows = shape[0] === type(first as ValueId).shape[0];
  switch (primitive.name) {
    case 'matmul': {
      const { transposeX } = params as { readonly transposeX: boolean };
      return rank === 2 && !transposeX && !isRows(second as ValueId);
    }
    case 'slice':
      return list('begin')[0] === 0 && sameRows && list('step')[0] === 1;
    case 'pad':
      return list('low')[0] === 0 && list('high')[0] === 0 && list('interior')[0] === 0;
    case 'concat':
      return inputs.every(isRows) && (params as { readonly axis: number }).axis !== 0;
    case 'transpose':
      return list('axes')[0] === 0;
    case 'reshape':
      return sameRows;
    case 'broadcast':
      return sameRows && type(first as ValueId).shape.length === rank;
    case 'flip':
      return !list('axes').includes(0);
    case 'sum':
    case 'prod':
    case 'max':
    case 'min':
      return !list('axes').includes(0);
    default:
      // Operands line up at the last axis: rows must be the first axis of all of them.
      return (
        primitive.traits.kind === 'elementwise' &&
        inputs.every((value) => {
          const own = type(value).shape;
          return isRows(value) ? own.length === rank : own.length < rank || own[0] === 1;
        })
      );
  }
}

/** Parameters for other numbers of rows. */
function resized({ primitive, params }: GraphNode, rows: number): unknown {
  const first = (name: string): unknown => {
    const list = (params as Record<string, readonly number[]>)[name] as readonly number[];
    return { ...(params as object), [name]: [rows, ...list.slice(1)] };
  };
  if (primitive.name === 'slice') return first('size');
  return primitive.name === 'reshape' || primitive.name === 'broadcast' ? first('shape') : params;
}

/**
 * Cuts a loop along the first axis of all that it carries, usually the samples of a batch, when no row depends on
 * another: then threads run the loop on their rows without ever meeting. The pieces depend on the shapes alone, so that
 * the bits do not depend on the number of threads.
 */
export function splitRows(
  body: Graph,
  carryCount: number,
  stepCount: number,
): RowSplit | undefined {
  const type = (value: ValueId): TensorType => body.types[value] as TensorType;
  const moving = body.inputs.slice(0, carryCount + stepCount);
  const rows = moving[0] === undefined ? undefined : type(moving[0]).shape[0];
  if (rows === undefined) return undefined;
  let pieces = MOST_PIECES;
  while (pieces > 1 && (rows % pieces !== 0 || rows / pieces < FEWEST_ROWS)) pieces /= 2;
  if (pieces < 2) return undefined;
  const withRows = new Set<ValueId>(moving);
  if (moving.some((value) => type(value).shape[0] !== rows)) return undefined;
  for (const node of body.nodes) {
    const isMoving = node.inputs.some((value) => withRows.has(value));
    // What is repeated for all rows is repeated for some of them, too.
    const repeats = node.primitive.name === 'broadcast' && repeatsRows(node, type, rows);
    if (!isMoving && !repeats) continue;
    if (isMoving && !keepsRows(node, type, (value) => withRows.has(value))) return undefined;
    node.outputs.forEach((value) => withRows.add(value));
  }
  if (!body.outputs.every((value) => withRows.has(value))) return undefined;
  const few = rows / pieces;
  return {
    pieces,
    body: {
      ...body,
      types: body.types.map(({ shape, dtype }, value) =>
        withRows.has(value) ? { shape: [few, ...shape.slice(1)], dtype } : { shape, dtype },
      ),
      nodes: body.nodes.map((node) =>
        withRows.has(node.outputs[0] as ValueId) ? { ...node, params: resized(node, few) } : node,
      ),
    },
  };
}

function repeatsRows(
  { inputs, outputs }: GraphNode,
  type: (value: ValueId) => TensorType,
  rows: number,
): boolean {
  const from = type(inputs[0] as ValueId).shape;
  const to = type(outputs[0] as ValueId).shape;
  return to[0] === rows && (from.length < to.length || from[0] === 1);
}
