import type { TypedArray } from '../dtype.js';
import { ShapeError } from '../errors.js';
import { fold as foldOf, unfold as unfoldOf } from '../ops/window.js';
import type { Primitive, TensorType } from '../primitive.js';
import { formatShape, sizeOf, stridesOf } from '../shape.js';
import type { Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';

/** One number for each spatial axis. `low` and `high` count the zeros before and after the data. */
export interface WindowParams {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** `spatial` is the size of what is put together again: the windows alone do not determine it. */
export interface FoldParams extends WindowParams {
  readonly spatial: readonly number[];
}

/** How many positions a window has along each axis. */
export function windowPositions(
  spatial: Shape,
  { kernel, strides, dilations, low, high }: WindowParams,
): number[] {
  return spatial.map((length, axis) => {
    const reach = ((kernel[axis] as number) - 1) * (dilations[axis] as number) + 1;
    const room = length + (low[axis] as number) + (high[axis] as number) - reach;
    return room < 0 ? 0 : Math.floor(room / (strides[axis] as number)) + 1;
  });
}

/** Flat spatial position that each tap of each window reads, or -1 for padding. Row-major over [...positions, ...taps]. */
function windowTable(spatial: Shape, params: WindowParams): Int32Array {
  const { kernel, strides, dilations, low } = params;
  const positions = windowPositions(spatial, params);
  const memory = stridesOf(spatial);
  let table = new Int32Array(1);
  let taps = 1;
  // Axis by axis: the table over [positions, taps] so far times the one of the next axis.
  spatial.forEach((length, axis) => {
    const count = positions[axis] as number;
    const width = kernel[axis] as number;
    const wider = new Int32Array(table.length * count * width);
    const rows = table.length / taps;
    let at = 0;
    for (let row = 0; row < rows; row++)
      for (let position = 0; position < count; position++)
        for (let tap = 0; tap < taps; tap++) {
          const base = table[row * taps + tap] as number;
          for (let k = 0; k < width; k++) {
            const source =
              position * (strides[axis] as number) +
              k * (dilations[axis] as number) -
              (low[axis] as number);
            wider[at++] =
              base < 0 || source < 0 || source >= length
                ? -1
                : base + source * (memory[axis] as number);
          }
        }
    table = wider;
    taps *= width;
  });
  return table;
}

function checkWindow(name: string, spatial: Shape, params: WindowParams, shape: Shape): void {
  const { kernel, strides, dilations, low, high } = params;
  const lists = [kernel, strides, dilations, low, high];
  const whole = lists.every((list, i) =>
    list.every((n) => Number.isInteger(n) && n >= (i < 3 ? 1 : 0)),
  );
  if (!whole || lists.some((list) => list.length !== spatial.length))
    throw new ShapeError('window/params', `${name}: the window does not fit the tensor.`, {
      got: `shape ${formatShape(shape)}, kernel [${kernel.join(', ')}], strides [${strides.join(', ')}], dilations [${dilations.join(', ')}], padding [${low.join(', ')}] and [${high.join(', ')}]`,
      expected:
        'shape [batch, ...spatial, channels] and one whole number per spatial axis (kernel, strides, dilations >= 1)',
    });
}

/**
 * All windows of a sliding kernel: `[batch, ...spatial, channels]` becomes
 * `[batch, ...positions, taps, channels]` with taps = product of the kernel. Padding reads as zeros. A convolution is this
 * and a matrix product. Adjoint of `fold`.
 */
export const unfold: Primitive<WindowParams> = {
  name: 'unfold',
  traits: { kind: 'window', linear: true },
  infer: ([input], params) => {
    const { shape, dtype } = input as TensorType;
    const spatial = shape.slice(1, -1);
    checkWindow('unfold', spatial, params, shape);
    const positions = windowPositions(spatial, params);
    return [
      {
        shape: [shape[0] as number, ...positions, sizeOf(params.kernel), shape.at(-1) as number],
        dtype,
      },
    ];
  },
  vjp: ({ inputs: [x], gradients: [g], params }) => [
    foldOf(g as Tensor, { ...params, spatial: (x as Tensor).shape.slice(1, -1) }),
  ],
  reference: ({ inputs, params }) => {
    const { shape } = inputs[0] as TensorType;
    const spatial = shape.slice(1, -1);
    const table = windowTable(spatial, params);
    const channels = shape.at(-1) as number;
    const image = sizeOf(spatial) * channels;
    return ([input], [output]) => {
      const from = input as TypedArray;
      const to = output as TypedArray;
      let at = 0;
      for (let b = 0; b < (shape[0] as number); b++)
        for (let t = 0; t < table.length; t++) {
          const position = table[t] as number;
          const start = b * image + position * channels;
          for (let c = 0; c < channels; c++)
            to[at++] = position < 0 ? 0 : (from[start + c] as number);
        }
    };
  },
};

/** Puts windows back where `unfold` took them from and adds up where they overlap. Its adjoint. */
export const fold: Primitive<FoldParams> = {
  name: 'fold',
  traits: { kind: 'window', linear: true },
  infer: ([input], params) => {
    const { shape, dtype } = input as TensorType;
    const { spatial, kernel } = params;
    checkWindow('fold', spatial, params, shape);
    const expected = [...windowPositions(spatial, params), sizeOf(kernel)];
    if (
      shape.length !== spatial.length + 3 ||
      expected.some((length, i) => length !== shape[i + 1])
    )
      throw new ShapeError('fold/shape', 'fold: the windows do not fit the size.', {
        got: formatShape(shape),
        expected: `[batch, ${expected.join(', ')}, channels]`,
      });
    return [{ shape: [shape[0] as number, ...spatial, shape.at(-1) as number], dtype }];
  },
  vjp: ({ gradients: [g], params: { kernel, strides, dilations, low, high } }) => [
    unfoldOf(g as Tensor, { kernel, strides, dilations, low, high }),
  ],
  reference: ({ inputs, params }) => {
    const { shape } = inputs[0] as TensorType;
    const table = windowTable(params.spatial, params);
    const channels = shape.at(-1) as number;
    const image = sizeOf(params.spatial) * channels;
    return ([input], [output]) => {
      const from = input as TypedArray;
      const to = output as TypedArray;
      to.fill(0);
      let at = 0;
      for (let b = 0; b < (shape[0] as number); b++)
        for (let t = 0; t < table.length; t++, at += channels) {
          const position = table[t] as number;
          if (position < 0) continue;
          const start = b * image + position * channels;
          for (let c = 0; c < channels; c++) (to[start + c] as number) += from[at + c] as number;
        }
    };
  },
};

export const windowPrimitives: {
  readonly unfold: Primitive<WindowParams>;
  readonly fold: Primitive<FoldParams>;
} = { unfold, fold };
