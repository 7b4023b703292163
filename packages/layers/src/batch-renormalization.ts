import type { Tensor } from '@gradus/tensor';
import {
  NameError,
  ValueError,
  clip,
  maximum,
  minimum,
  relu,
  sqrt,
  stopGradient,
} from '@gradus/tensor';
import type { Initializer } from './initializers/initializer.js';
import { defineInitializer } from './initializers/initializer.js';
import type { ParameterSpec } from './layer.js';

/** Limits of the correction in batch renormalization. What is not given has no limit. */
export interface RenormClipping {
  /** The largest factor. */
  readonly rmax?: number | null;
  /** The smallest factor. */
  readonly rmin?: number | null;
  /** The largest shift, either way. */
  readonly dmax?: number | null;
}

interface RenormConfig {
  readonly epsilon: number;
  readonly momentum: number;
  readonly renorm: boolean;
  readonly renormClipping: RenormClipping | null;
  readonly renormMomentum: number;
  readonly movingMeanInitializer: Initializer;
  readonly movingVarianceInitializer: Initializer;
}

interface RenormParameters {
  readonly movingMean: Tensor;
  readonly movingStddev?: Tensor | undefined;
  readonly renormMean?: Tensor | undefined;
  readonly renormStddev?: Tensor | undefined;
}

interface BatchMoments {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/**
 * Checks the limits of the correction.
 *
 * @throws NameError for an unknown limit, ValueError for limits that exclude each other.
 */
export function expectClipping(label: string, clipping: RenormClipping | null): void {
  const known = ['rmax', 'rmin', 'dmax'];
  const unknown = Object.keys(clipping ?? {}).find((limit) => !known.includes(limit));
  if (unknown !== undefined)
    throw new NameError('layer/unknown-option', `${label}: renormClipping has no '${unknown}'.`, {
      got: `'${unknown}'`,
      expected: known.join(', '),
      fix: 'use one of the limits above',
    });
  const { rmax, rmin, dmax } = clipping ?? {};
  if (typeof rmax === 'number' && typeof rmin === 'number' && rmax < rmin)
    throw new ValueError('layer/option', `${label}: renormClipping leaves nothing.`, {
      got: `rmin ${rmin}, rmax ${rmax}`,
      expected: 'an rmax of at least rmin',
      fix: `for example rmin: ${rmax}, rmax: ${rmin}`,
    });
  if (typeof dmax === 'number' && dmax < 0)
    throw new ValueError('layer/option', `${label}: renormClipping leaves nothing.`, {
      got: `dmax ${dmax}`,
      expected: 'a dmax of at least 0',
      fix: `for example dmax: ${-dmax}`,
    });
}

/** What batch renormalization remembers: none of it while the option is off. */
export function renormSpecs(
  { renorm, movingMeanInitializer, movingVarianceInitializer }: RenormConfig,
  moving: (initializer: Initializer) => ParameterSpec,
): {
  readonly movingStddev: ParameterSpec | null;
  readonly renormMean: ParameterSpec | null;
  readonly renormStddev: ParameterSpec | null;
} {
  if (!renorm) return { movingStddev: null, renormMean: null, renormStddev: null };
  const deviation = defineInitializer('Deviation', {}, (shape, dtype, key) =>
    sqrt(movingVarianceInitializer(shape, dtype, key)),
  );
  return {
    movingStddev: moving(deviation),
    renormMean: moving(movingMeanInitializer),
    renormStddev: moving(deviation),
  };
}

/** The factor and the shift that bring a batch towards the running numbers; constants for the gradient. */
export function correction(
  params: RenormParameters,
  { mean, variance }: BatchMoments,
  { epsilon, renormClipping }: RenormConfig,
): { readonly r: Tensor; readonly d: Tensor } {
  const deviation = sqrt(variance.add(epsilon));
  const running = maximum(params.renormStddev as Tensor, Math.sqrt(epsilon));
  const { rmin, rmax, dmax } = renormClipping ?? {};
  let r = deviation.div(running);
  if (typeof rmin === 'number') r = maximum(r, rmin);
  if (typeof rmax === 'number') r = minimum(r, rmax);
  const shift = mean.sub(params.renormMean as Tensor).div(running);
  const d = typeof dmax === 'number' ? clip(shift, -dmax, dmax) : shift;
  return { r: stopGradient(r), d: stopGradient(d) };
}

/** The running numbers after a batch. */
export function renormStates(
  params: RenormParameters,
  { mean, variance }: BatchMoments,
  { epsilon, momentum, renormMomentum }: RenormConfig,
): { readonly [parameter: string]: Tensor } {
  const deviation = sqrt(variance.add(epsilon));
  const move = (old: Tensor | undefined, now: Tensor, keep: number): Tensor =>
    (old as Tensor).mul(keep).add(now.mul(1 - keep));
  const movingStddev = move(params.movingStddev, deviation, momentum);
  return {
    movingMean: move(params.movingMean, mean, momentum),
    movingVariance: relu(movingStddev.square().sub(epsilon)),
    movingStddev,
    renormMean: move(params.renormMean, mean, renormMomentum),
    renormStddev: move(params.renormStddev, deviation, renormMomentum),
  };
}
