import type { Activation, ActivationLike } from './activations.js';
import { getActivation } from './activations.js';
import { defineInitializer } from './initializers/initializer.js';
import type { Initializer } from './initializers/initializer.js';
import type { KernelConfig, KernelOptions } from './kernel-options.js';
import { resolveKernel } from './kernel-options.js';
import { expectFraction } from './layer-errors.js';
import type { WeightConfig, WeightOptions } from './weight-options.js';
import { resolveWeight } from './weight-options.js';
import { concatenate, ones } from '@gradus/tensor';

/** Options of all recurrent cells that are built in. */
export interface RecurrentKernelOptions
  extends Omit<KernelOptions, 'activityRegularizer'>, WeightOptions<'recurrent'> {
  /** Applied to what a step makes. Default 'tanh'; null for none. */
  readonly activation?: ActivationLike;
  /** Share of the input's numbers that are dropped in training; the same ones at every step. Default 0. */
  readonly dropout?: number;
  /** Share of the state's numbers that a step does not see in training; the same ones at every step. Default 0. */
  readonly recurrentDropout?: number;
  /** Makes the draws of dropout differ from those of a layer with another seed. Default null. */
  readonly seed?: number | null;
}

/** {@link RecurrentKernelOptions} with names looked up and defaults filled in. */
export interface RecurrentKernelConfig extends KernelConfig, WeightConfig<'recurrent'> {
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly seed: number | null;
}

/** Options of cells with gates. */
export interface GateOptions {
  /** Applied to the gates. Default 'sigmoid'; null for none. */
  readonly recurrentActivation?: ActivationLike;
}

/** Option names for which null means no activation; left out, they mean tanh and sigmoid. */
export const recurrentNullOptions: readonly string[] = ['activation', 'recurrentActivation'];

/**
 * Looks up names and fills in Keras' defaults.
 *
 * @throws ValueError for shares outside 0..1.
 */
export function resolveRecurrentKernel(
  label: string,
  options: RecurrentKernelOptions,
): RecurrentKernelConfig {
  const { dropout = 0, recurrentDropout = 0, activation = 'tanh' } = options;
  expectFraction(label, 'dropout', dropout);
  expectFraction(label, 'recurrentDropout', recurrentDropout);
  return {
    ...resolveKernel({ ...options, activation }),
    ...resolveWeight('recurrent', options, 'orthogonal'),
    dropout,
    recurrentDropout,
    seed: options.seed ?? null,
  };
}

/** The activation of the gates. */
export function resolveGates({ recurrentActivation = 'sigmoid' }: GateOptions): {
  readonly recurrentActivation: Activation;
} {
  return { recurrentActivation: getActivation(recurrentActivation) };
}

/**
 * The initializer of the bias of an LSTM, gates i, f, c, o in a row: the forget gate starts at 1, so that memory is kept
 * before the network has learned what to forget (Jozefowicz et al. 2015).
 */
export function forgetBias(bias: Initializer): Initializer {
  return defineInitializer('ForgetBias', {}, ([length = 0], dtype, key) => {
    const units = length / 4;
    return concatenate([
      bias([units], dtype, key),
      ones([units], { dtype }),
      bias([2 * units], dtype, key),
    ]);
  });
}
