import type { Tensor } from './tensor.js';
import { formatShape } from './shape.js';

/** At most this many entries of an axis are shown; of longer ones the first and last three. */
const LONGEST = 8;
const EDGE = 3;

function formatNumber(value: number, dtype: string): string {
  if (dtype === 'bool') return value === 0 ? 'false' : 'true';
  if (dtype === 'int32' || !Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential(4);
  return String(Number(value.toPrecision(6)));
}

/**
 * A tensor as text: dtype, shape and numbers in aligned columns; the middle of long axes is left out.
 *
 * @example
 * String(tensor([[1, 2.5], [3, 4]]));
 * // => float32 [2, 2]
 * //    [[1, 2.5],
 * //     [3,   4]]
 */
export function format(x: Tensor): string {
  const head = `${x.dtype} ${formatShape(x.shape)}`;
  if (x.trace !== undefined) return `${head} (recorded, no numbers yet)`;
  const { data, shape, dtype } = x;
  const shown = (length: number): (number | '…')[] =>
    length <= LONGEST
      ? Array.from({ length }, (_, i) => i)
      : [0, 1, 2, '…', length - EDGE, length - EDGE + 1, length - 1];
  const cells: string[] = [];
  const walk = (
    axis: number,
    offset: number,
    visit: (offset: number) => string,
    indent: string,
  ): string => {
    if (axis === shape.length) return visit(offset);
    const stride = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    const parts = shown(shape[axis] as number).map((i) =>
      i === '…' ? '…' : walk(axis + 1, offset + i * stride, visit, `${indent} `),
    );
    const blank = shape.length - axis;
    return `[${parts.join(blank === 1 ? ', ' : `,${'\n'.repeat(blank - 1)}${indent} `)}]`;
  };
  walk(0, 0, (i) => cells[cells.push(formatNumber(data[i] as number, dtype)) - 1] as string, '');
  const width = shape.length > 1 ? Math.max(0, ...cells.map((cell) => cell.length)) : 0;
  const body = walk(0, 0, (i) => formatNumber(data[i] as number, dtype).padStart(width), '');
  return shape.length > 1 ? `${head}\n${body}` : `${head} ${body}`;
}
