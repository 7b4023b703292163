import { ShapeError, ValueError, formatShape, tensor, unknownName } from '@gradus/tensor';
import type { Initializer } from './initializer.js';
import { defineInitializer } from './initializer.js';

/** A named window: weights that fade a frame out at both ends. */
export type WindowName =
  | 'boxcar'
  | 'hann'
  | 'hamming'
  | 'blackman'
  | 'nuttall'
  | 'blackmanharris'
  | 'flattop'
  | 'bartlett'
  | 'triang'
  | 'cosine'
  | 'bohman'
  | 'parzen';

/** Options of {@link stft}. */
export interface StftOptions {
  /** Cosines or sines. Default 'real'. */
  readonly side?: 'real' | 'imag';
  /** How a frame fades: a name, one weight per time step, or null for no fading. Default 'hann'. */
  readonly window?: WindowName | readonly number[] | null;
  /** Divides by the length of the window ('density'), by its sum ('spectrum'), or not at all (null). Default 'density'. */
  readonly scaling?: 'density' | 'spectrum' | null;
  /** Whether the window is that of a repeating frame, one step longer and cut. Default false. */
  readonly periodic?: boolean;
}

/** A sum of cosines with alternating signs. */
const cosines =
  (...weights: readonly number[]) =>
  (n: number, last: number): number =>
    weights.reduce(
      (sum, weight, k) =>
        sum + (k % 2 === 0 ? 1 : -1) * weight * Math.cos((2 * Math.PI * k * n) / last),
      0,
    );

const windows: Readonly<Record<WindowName, (n: number, last: number) => number>> = {
  boxcar: () => 1,
  hann: cosines(0.5, 0.5),
  hamming: cosines(0.54, 0.46),
  blackman: cosines(0.42, 0.5, 0.08),
  nuttall: cosines(0.3635819, 0.4891775, 0.1365995, 0.0106411),
  blackmanharris: cosines(0.35875, 0.48829, 0.14128, 0.01168),
  flattop: cosines(0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
  bartlett: (n, last) => 1 - Math.abs((2 * n) / last - 1),
  triang: (n, last) => {
    const length = last + 1;
    const distance = Math.abs(2 * n - last);
    return length % 2 === 0 ? 1 - distance / length : 1 - distance / (length + 1);
  },
  cosine: (n, last) => Math.sin((Math.PI * (n + 0.5)) / (last + 1)),
  bohman: (n, last) => {
    const x = Math.abs((2 * n) / last - 1);
    return (1 - x) * Math.cos(Math.PI * x) + Math.sin(Math.PI * x) / Math.PI;
  },
  parzen: (n, last) => {
    const x = Math.abs(2 * n - last) / (last + 1);
    return x <= 0.5 ? 1 - 6 * x * x * (1 - x) : 2 * (1 - x) ** 3;
  },
};

function windowOf(name: WindowName, length: number, periodic: boolean): number[] {
  const weight = windows[name];
  if (weight === undefined) throw unknownName('window', name, Object.keys(windows));
  const last = periodic ? length : length - 1;
  return Array.from({ length }, (_, n) => (last === 0 ? 1 : weight(n, last)));
}

/**
 * The waves of a short-time Fourier transform, for the kernel `[time, 1, frequencies]` of a 1d convolution: frequency `k` of
 * `F` is `cos` (or `sin`) of `-π · k · t / (F - 1)`, times a window.
 *
 * @param options `side` 'real', `window` 'hann', `scaling` 'density', `periodic` false.
 * @throws NameError for an unknown window; ShapeError for a parameter of another shape.
 * @example
 * stft({ window: null })([2, 1, 2], 'float32', key(0)).toArray(); // => [[[1, 1]], [[1, -1]]]
 * @see Keras 3, `keras.initializers.STFT`; the windows are those of SciPy.
 */
export function stft(options: StftOptions = {}): Initializer {
  const { side = 'real', periodic = false } = options;
  const window = options.window === undefined ? 'hann' : options.window;
  const scaling = options.scaling === undefined ? 'density' : options.scaling;
  if (side !== 'real' && side !== 'imag')
    throw new ValueError('initializer/option', 'The initializer stft has no such side.', {
      got: `side '${String(side)}'`,
      expected: "'real' or 'imag'",
    });
  if (typeof window === 'string') windowOf(window, 1, periodic);
  const config = {
    side,
    window: typeof window === 'object' && window !== null ? [...window] : window,
    periodic,
    scaling,
  };
  return defineInitializer('STFT', config, (shape, dtype) => {
    const [length, channels, frequencies] = shape;
    const weights =
      typeof window === 'string' ? windowOf(window, length ?? 0, periodic) : (window ?? undefined);
    if (
      length === undefined ||
      frequencies === undefined ||
      shape.length !== 3 ||
      channels !== 1 ||
      (weights !== undefined && weights.length !== length)
    )
      throw new ShapeError('initializer/stft', 'The initializer stft makes waves over time.', {
        got: `a parameter of shape ${formatShape(shape)}${weights === undefined ? '' : ` and a window of ${weights.length} steps`}`,
        expected: 'shape [time, 1, frequencies], and a window of as many steps',
        fix: 'use it for the kernel of a conv1d over one channel',
      });
    const norm =
      weights === undefined || scaling === null
        ? 1
        : scaling === 'density'
          ? Math.sqrt(weights.reduce((sum, w) => sum + w * w, 0))
          : weights.reduce((sum, w) => sum + Math.abs(w), 0);
    const wave = side === 'real' ? Math.cos : Math.sin;
    const data = new Float32Array(length * frequencies);
    for (let t = 0; t < length; t++)
      for (let k = 0; k < frequencies; k++) {
        const angle = (-Math.PI * k * t) / Math.max(1, frequencies - 1);
        data[t * frequencies + k] = (wave(angle) * (weights?.[t] ?? 1)) / norm;
      }
    return tensor(data, { shape, dtype });
  });
}
