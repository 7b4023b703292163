import type { Constraint, ConstraintLike } from './constraints.js';
import { getConstraint } from './constraints.js';
import type { InitializerLike } from './initializers/get-initializer.js';
import { getInitializer } from './initializers/get-initializer.js';
import type { Initializer } from './initializers/initializer.js';
import type { LayerOptions, ParameterSpec } from './layer.js';
import { expectNonNegative } from './layer-errors.js';
import type { Regularizer, RegularizerLike } from './regularizers.js';
import { getRegularizer } from './regularizers.js';

/** Options of layers that normalise and then scale by gamma and move by beta. */
export interface NormalizationOptions extends LayerOptions {
  /** Added to the variance, so that a constant input does not divide by 0. Default 0.001. */
  readonly epsilon?: number;
  /** Whether beta is added. Default true. */
  readonly center?: boolean;
  /** Whether to multiply by gamma. Default true. */
  readonly scale?: boolean;
  /** Default 'zeros'. */
  readonly betaInitializer?: InitializerLike;
  /** Default 'ones'. */
  readonly gammaInitializer?: InitializerLike;
  readonly betaRegularizer?: RegularizerLike | null;
  readonly gammaRegularizer?: RegularizerLike | null;
  readonly betaConstraint?: ConstraintLike | null;
  readonly gammaConstraint?: ConstraintLike | null;
}

/** {@link NormalizationOptions} with names looked up and defaults filled in. */
export interface NormalizationConfig {
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly betaInitializer: Initializer;
  readonly gammaInitializer: Initializer;
  readonly betaRegularizer: Regularizer | null;
  readonly gammaRegularizer: Regularizer | null;
  readonly betaConstraint: Constraint | null;
  readonly gammaConstraint: Constraint | null;
}

/** Looks up names and fills in Keras' defaults. */
export function resolveNormalization(
  label: string,
  options: NormalizationOptions,
): NormalizationConfig {
  const { epsilon = 0.001 } = options;
  expectNonNegative(label, 'epsilon', epsilon, 0.001);
  return {
    epsilon,
    center: options.center ?? true,
    scale: options.scale ?? true,
    betaInitializer: getInitializer(options.betaInitializer ?? 'zeros'),
    gammaInitializer: getInitializer(options.gammaInitializer ?? 'ones'),
    betaRegularizer: getRegularizer(options.betaRegularizer),
    gammaRegularizer: getRegularizer(options.gammaRegularizer),
    betaConstraint: getConstraint(options.betaConstraint),
    gammaConstraint: getConstraint(options.gammaConstraint),
  };
}

/** Gamma and beta of a shape, as far as the options want them. */
export function scaleSpecs(
  options: NormalizationConfig,
  shape: readonly number[],
): { readonly gamma: ParameterSpec | null; readonly beta: ParameterSpec | null } {
  const gamma = {
    shape,
    initializer: options.gammaInitializer,
    regularizer: options.gammaRegularizer,
    constraint: options.gammaConstraint,
  };
  const beta = {
    shape,
    initializer: options.betaInitializer,
    regularizer: options.betaRegularizer,
    constraint: options.betaConstraint,
  };
  return { gamma: options.scale ? gamma : null, beta: options.center ? beta : null };
}
