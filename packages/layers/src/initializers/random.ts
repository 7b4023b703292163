import * as random from '@gradus/tensor';
import { expectPartOptions } from '../expect-part-options.js';
import type { Initializer, SeedOption } from './initializer.js';
import { defineInitializer, seededKey } from './initializer.js';

/** Options of the two normal distributions. */
export interface NormalOptions extends SeedOption {
  /** Middle of the distribution. Default 0. */
  readonly mean?: number;
  /** Standard deviation. Default 0.05. */
  readonly stddev?: number;
}

/** Options of the uniform distribution. */
export interface UniformOptions extends SeedOption {
  /** Smallest value. Default -0.05. */
  readonly minval?: number;
  /** Upper end, not included. Default 0.05. */
  readonly maxval?: number;
}

/** Numbers of a normal distribution. */
export function randomNormal(options: NormalOptions = {}): Initializer {
  expectPartOptions('randomNormal', options, ['mean', 'stddev', 'seed']);
  const { mean = 0, stddev = 0.05, seed = null } = options;
  return defineInitializer('RandomNormal', { mean, stddev, seed }, (shape, dtype, key) =>
    random.randomNormal(seededKey(seed, key), shape, { mean, std: stddev }).cast(dtype),
  );
}

/** Numbers of a normal distribution, drawn again where they are more than two standard deviations from the middle. */
export function truncatedNormal(options: NormalOptions = {}): Initializer {
  expectPartOptions('truncatedNormal', options, ['mean', 'stddev', 'seed']);
  const { mean = 0, stddev = 0.05, seed = null } = options;
  return defineInitializer('TruncatedNormal', { mean, stddev, seed }, (shape, dtype, key) =>
    random.truncatedNormal(seededKey(seed, key), shape, { mean, std: stddev }).cast(dtype),
  );
}

/** Numbers between `minval` and `maxval`, all equally likely. */
export function randomUniform(options: UniformOptions = {}): Initializer {
  expectPartOptions('randomUniform', options, ['minval', 'maxval', 'seed']);
  const { minval = -0.05, maxval = 0.05, seed = null } = options;
  return defineInitializer('RandomUniform', { minval, maxval, seed }, (shape, dtype, key) =>
    random.randomUniform(seededKey(seed, key), shape, { low: minval, high: maxval }).cast(dtype),
  );
}
