import { emit } from '../emit.js';
import { ShapeError } from '../errors.js';
import { windowPrimitives } from '../primitives/window.js';
import { formatShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { ones } from './constant.js';
import { div } from './elementwise.js';
import { pad } from './layout.js';
import { max, sum } from './reduce.js';
import { paddingOf, perAxis, windowCount } from './window-geometry.js';
import type { PerAxis } from './window-geometry.js';

/** Options of pooling over all axes between the first (batch) and the last (channels). */
export interface PoolOptions {
  readonly poolSize: PerAxis;
  /** Default: the pool size, so that windows touch and do not overlap. */
  readonly strides?: PerAxis | null | undefined;
  /** Default `valid`. */
  readonly padding?: 'valid' | 'same';
}

/** [batch, ...out, window, channels]; places outside of the input hold `outside`. */
function windows(name: string, x: Tensor, options: PoolOptions, outside: number): Tensor {
  const axes = x.rank - 2;
  if (axes < 1)
    throw new ShapeError(
      'pool/rank',
      `${name} needs at least one axis between batch and channels.`,
      {
        got: formatShape(x.shape),
        expected: '[batch, ...space, channels]',
      },
    );
  const kernel = perAxis('poolSize', options.poolSize, axes);
  const strides = perAxis('strides', options.strides ?? kernel, axes);
  const borders = kernel.map((k, i) =>
    paddingOf(options.padding ?? 'valid', x.shape[i + 1] as number, k, strides[i] as number, 1),
  );
  kernel.forEach((k, i) =>
    windowCount(
      name,
      x.shape[i + 1] as number,
      borders[i] as [number, number],
      k,
      strides[i] as number,
      1,
    ),
  );
  const none = new Array<number>(axes).fill(0);
  const dilations = new Array<number>(axes).fill(1);
  // unfold pads with zeros; another value has to be there before.
  const isPadded = outside !== 0 && borders.some(([low, high]) => low + high > 0);
  const input = isPadded ? pad(x, [[0, 0], ...borders, [0, 0]], { value: outside }) : x;
  return emit(windowPrimitives.unfold, [input], {
    kernel,
    strides,
    dilations,
    low: isPadded ? none : borders.map(([low]) => low),
    high: isPadded ? none : borders.map(([, high]) => high),
  });
}

/**
 * The largest number of each window: [batch, ...space, channels] to [batch, ...out, channels].
 *
 * @example
 * maxPool(tensor([[[1], [5], [2], [3]]]), { poolSize: 2 }).flatten().toArray(); // => [5,3]
 */
export function maxPool(x: Tensor, options: PoolOptions): Tensor {
  return max(windows('maxPool', x, options, -Infinity), { axis: -2 });
}

/** The mean of each window; with `same` padding it divides by the number of real elements only, as Keras does. */
export function averagePool(x: Tensor, options: PoolOptions): Tensor {
  const total = sum(windows('averagePool', x, options, 0), { axis: -2 });
  // Counting windows over ones is exact at the borders; compile folds it into a constant.
  const counts = sum(
    windows('averagePool', ones([1, ...x.shape.slice(1, -1), 1], { dtype: x.dtype }), options, 0),
    {
      axis: -2,
    },
  );
  return div(total, counts);
}
