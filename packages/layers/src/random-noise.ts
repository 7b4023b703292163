import type { Shape, Tensor } from '@gradus/tensor';
import { ShapeError, bernoulli, foldIn, formatShape, where } from '@gradus/tensor';
import type { CallContext } from './layer.js';
import { formatSymbolic } from './layer-errors.js';
import type { SymbolicShape } from './symbolic.js';

/** Shape of a random draw: null takes the length of the input, 1 makes the whole axis share one draw. */
export type NoiseShape = readonly (number | null)[];

/** The random key of one purpose of a call; a seed makes it differ from that of a layer with another one. */
export function noiseKey(context: CallContext, purpose: string, seed: number | null): Tensor {
  const key = context.key(purpose);
  return seed === null ? key : foldIn(key, seed);
}

/** The noise shape of an input, with what it leaves open filled in. */
export function noiseShapeOf(x: Tensor, noiseShape: NoiseShape | null): Shape {
  return x.shape.map((length, axis) => noiseShape?.[axis] ?? length);
}

/**
 * Checks a noise shape against the shape of the input.
 *
 * @throws ShapeError that names the layer.
 */
export function expectNoiseShape(
  label: string,
  noiseShape: NoiseShape | null,
  inputShape: SymbolicShape,
): void {
  const fits =
    noiseShape === null ||
    (noiseShape.length === inputShape.length &&
      noiseShape.every(
        (n, axis) => n === null || n === 1 || inputShape[axis] === null || n === inputShape[axis],
      ));
  if (fits) return;
  throw new ShapeError('dropout/noise-shape', `${label}: noiseShape does not fit the input.`, {
    got: `noiseShape ${formatShape(noiseShape.map((n) => n ?? -1))} for an input ${formatSymbolic(inputShape)}`,
    expected: 'for each axis of the input its length, null, or 1',
  });
}

/** Sets a random share of the numbers to 0 and divides the rest by what is kept, so that the mean stays. */
export function dropNumbers(x: Tensor, rate: number, shape: Shape, key: Tensor): Tensor {
  if (rate === 1) return x.mul(0);
  return where(bernoulli(key, 1 - rate, shape), x.div(1 - rate), 0);
}
