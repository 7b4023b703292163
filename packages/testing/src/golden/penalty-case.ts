import { getConstraint, getRegularizer } from '@gradus/layers';
import type { Constraint, Regularizer } from '@gradus/layers';
import { grad } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import type { Comparison } from './comparison.js';
import { readTensor, toleranceOf } from './format.js';
import type { GoldenCase, Saved } from './format.js';
import { translateConfig } from './keras-names.js';

interface PenaltyCase extends GoldenCase {
  readonly input: Saved;
  readonly output: Saved;
  readonly gradient: Saved;
  readonly ambiguousGradientIndices?: readonly number[];
}

const serialized = (c: GoldenCase): never =>
  ({ className: c.className, config: translateConfig(c.config) }) as never;

/** kind `regularizer`: the penalty of a weight, and its gradient. */
export function runRegularizer(golden: GoldenCase, check: Comparison): void {
  const c = golden as PenaltyCase;
  const regularizer = getRegularizer(serialized(c)) as Regularizer;
  const w = readTensor(c.input);
  check.tensor('output', check.run(regularizer, w), c.output, toleranceOf(c, 'outputs'));
  check.tensor(
    'gradient',
    check.run((x: Tensor) => grad(regularizer)(x), w),
    c.gradient,
    toleranceOf(c, 'gradients'),
    c.ambiguousGradientIndices,
  );
}

/** kind `constraint`: the nearest weight that is allowed. */
export function runConstraint(golden: GoldenCase, check: Comparison): void {
  const c = golden as PenaltyCase;
  const constraint = getConstraint(serialized(c)) as Constraint;
  check.tensor(
    'output',
    check.run(constraint, readTensor(c.input)),
    c.output,
    toleranceOf(c, 'outputs'),
  );
}
