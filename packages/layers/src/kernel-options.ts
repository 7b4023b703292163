import type { Activation, ActivationLike } from './activations.js';
import { getActivation } from './activations.js';
import type { Constraint, ConstraintLike } from './constraints.js';
import { getConstraint } from './constraints.js';
import type { InitializerLike } from './initializers/get-initializer.js';
import { getInitializer } from './initializers/get-initializer.js';
import type { Initializer } from './initializers/initializer.js';
import type { LayerOptions, ParameterSpec } from './layer.js';
import type { Regularizer, RegularizerLike } from './regularizers.js';
import { getRegularizer } from './regularizers.js';

/** Options of all layers that multiply with a kernel, add a bias and apply an activation. */
export interface KernelOptions extends LayerOptions {
  /** Applied to the output. Default null: none. */
  readonly activation?: ActivationLike;
  /** Whether a bias is added. Default true. */
  readonly useBias?: boolean;
  /** Default 'glorotUniform'. */
  readonly kernelInitializer?: InitializerLike;
  /** Default 'zeros'. */
  readonly biasInitializer?: InitializerLike;
  readonly kernelRegularizer?: RegularizerLike | null;
  readonly biasRegularizer?: RegularizerLike | null;
  readonly kernelConstraint?: ConstraintLike | null;
  readonly biasConstraint?: ConstraintLike | null;
}

/** {@link KernelOptions} with names looked up and defaults filled in. */
export interface KernelConfig {
  readonly activation: Activation;
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly kernelRegularizer: Regularizer | null;
  readonly biasRegularizer: Regularizer | null;
  readonly kernelConstraint: Constraint | null;
  readonly biasConstraint: Constraint | null;
}

/** Looks up names and fills in Keras' defaults. */
export function resolveKernel(options: KernelOptions): KernelConfig {
  return {
    activation: getActivation(options.activation ?? null),
    useBias: options.useBias ?? true,
    kernelInitializer: getInitializer(options.kernelInitializer ?? 'glorotUniform'),
    biasInitializer: getInitializer(options.biasInitializer ?? 'zeros'),
    kernelRegularizer: getRegularizer(options.kernelRegularizer),
    biasRegularizer: getRegularizer(options.biasRegularizer),
    kernelConstraint: getConstraint(options.kernelConstraint),
    biasConstraint: getConstraint(options.biasConstraint),
  };
}

/** The kernel of a shape, with the options that concern it. */
export function kernelSpec(options: KernelConfig, shape: readonly number[]): ParameterSpec {
  return {
    shape,
    initializer: options.kernelInitializer,
    regularizer: options.kernelRegularizer,
    constraint: options.kernelConstraint,
  };
}

/** The bias of a shape, or null when the layer has none. */
export function biasSpec(options: KernelConfig, shape: readonly number[]): ParameterSpec | null {
  if (!options.useBias) return null;
  return {
    shape,
    initializer: options.biasInitializer,
    regularizer: options.biasRegularizer,
    constraint: options.biasConstraint,
  };
}
