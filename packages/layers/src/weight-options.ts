import type { Constraint, ConstraintLike } from './constraints.js';
import { getConstraint } from './constraints.js';
import type { InitializerLike } from './initializers/get-initializer.js';
import { getInitializer } from './initializers/get-initializer.js';
import type { Initializer } from './initializers/initializer.js';
import type { ParameterSpec } from './layer.js';
import type { Regularizer, RegularizerLike } from './regularizers.js';
import { getRegularizer } from './regularizers.js';

/** The three options that concern one weight, such as `depthwiseInitializer`. */
export type WeightOptions<Name extends string> = {
  readonly [Option in `${Name}Initializer`]?: InitializerLike;
} & {
  readonly [Option in `${Name}Regularizer`]?: RegularizerLike | null;
} & {
  readonly [Option in `${Name}Constraint`]?: ConstraintLike | null;
};

/** {@link WeightOptions} with names looked up and defaults filled in. */
export type WeightConfig<Name extends string> = {
  readonly [Option in `${Name}Initializer`]: Initializer;
} & {
  readonly [Option in `${Name}Regularizer`]: Regularizer | null;
} & {
  readonly [Option in `${Name}Constraint`]: Constraint | null;
};

/** Looks up the three options of a weight; without an initializer it is made by `initializer`. */
export function resolveWeight<Name extends string>(
  name: Name,
  options: WeightOptions<Name>,
  initializer: InitializerLike = 'glorotUniform',
): WeightConfig<Name> {
  const given = options as Readonly<Record<string, never>>;
  return {
    [`${name}Initializer`]: getInitializer(given[`${name}Initializer`] ?? initializer),
    [`${name}Regularizer`]: getRegularizer(given[`${name}Regularizer`]),
    [`${name}Constraint`]: getConstraint(given[`${name}Constraint`]),
  } as WeightConfig<Name>;
}

/** The weight of a shape, with the options that concern it. */
export function weightSpec<Name extends string>(
  name: Name,
  options: WeightConfig<Name>,
  shape: readonly number[],
): ParameterSpec {
  const given = options as WeightConfig<string>;
  return {
    shape,
    initializer: given[`${name}Initializer`] as Initializer,
    regularizer: given[`${name}Regularizer`] as Regularizer | null,
    constraint: given[`${name}Constraint`] as Constraint | null,
  };
}
