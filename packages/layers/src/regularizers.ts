import type { Tensor } from '@gradus/tensor';
import {
  ShapeError,
  ValueError,
  abs,
  eye,
  formatShape,
  matmul,
  maximum,
  sqrt,
  square,
  sum,
} from '@gradus/tensor';
import { expectPart, expectPartOptions } from './expect-part-options.js';
import type { JsonValue, Serialized } from './serialized.js';
import { revive } from './serialized.js';

/** A penalty that grows with a parameter and is added to the loss: `(w) => scalar`. */
export interface Regularizer {
  (w: Tensor): Tensor;
  readonly className: string;
  readonly config: { readonly [key: string]: JsonValue };
}

/** Gives a penalty the name and options under which a model file remembers it. */
export function defineRegularizer(
  className: string,
  config: { readonly [key: string]: JsonValue },
  penalty: (w: Tensor) => Tensor,
): Regularizer {
  return Object.freeze(
    Object.assign((w: Tensor): Tensor => penalty(w), { className, config: Object.freeze(config) }),
  );
}

/** l1 Σ|w|: pushes parameters to exactly 0. The factor is 0.01 by default. */
export function l1(options: { readonly l1?: number } = {}): Regularizer {
  expectPartOptions('l1', options, ['l1']);
  const { l1 = 0.01 } = options;
  return defineRegularizer('L1', { l1 }, (w) => sum(abs(w)).mul(l1));
}

/** l2 Σw² (without the ½ of some books): keeps parameters small. The factor is 0.01 by default. */
export function l2(options: { readonly l2?: number } = {}): Regularizer {
  expectPartOptions('l2', options, ['l2']);
  const { l2 = 0.01 } = options;
  return defineRegularizer('L2', { l2 }, (w) => sum(square(w)).mul(l2));
}

/** l1 Σ|w| + l2 Σw². Both factors are 0 by default. */
export function l1l2(options: { readonly l1?: number; readonly l2?: number } = {}): Regularizer {
  expectPartOptions('l1l2', options, ['l1', 'l2']);
  const { l1 = 0, l2 = 0 } = options;
  return defineRegularizer('L1L2', { l1, l2 }, (w) =>
    sum(abs(w))
      .mul(l1)
      .add(sum(square(w)).mul(l2)),
  );
}

/** Options of {@link orthogonalRegularizer}. */
export interface OrthogonalOptions {
  /** Strength of the penalty. Default 0.01. */
  readonly factor?: number;
  /** Which vectors should be at right angles. Default 'rows'. */
  readonly mode?: 'rows' | 'columns';
}

/**
 * Pushes the rows (or columns) of a matrix towards right angles: the mean of |cosine| over all pairs, times `factor`.
 *
 * @throws ShapeError for a parameter that is not a matrix.
 */
export function orthogonalRegularizer(options: OrthogonalOptions = {}): Regularizer {
  expectPartOptions('orthogonalRegularizer', options, ['factor', 'mode']);
  const { factor = 0.01, mode = 'rows' } = options;
  if (mode !== 'rows' && mode !== 'columns')
    throw new ValueError('regularizer/mode', 'orthogonalRegularizer compares rows or columns.', {
      got: `mode '${String(mode)}'`,
      expected: "'rows' or 'columns'",
    });
  return defineRegularizer('OrthogonalRegularizer', { factor, mode }, (w) => {
    if (w.rank !== 2)
      throw new ShapeError('regularizer/orthogonal', 'orthogonalRegularizer takes matrices only.', {
        got: formatShape(w.shape),
        expected: '[rows, columns]',
        fix: 'use l2() for this parameter',
      });
    const byRow = mode === 'rows';
    const length = sqrt(maximum(sum(square(w), { axis: byRow ? 1 : 0, keepDims: true }), 1e-12));
    const unit = w.div(length);
    const cosines = byRow
      ? matmul(unit, unit, { transposeY: true })
      : matmul(unit, unit, { transposeX: true });
    const size = cosines.shape[0] as number;
    const apart = cosines.mul(eye(size).mul(-1).add(1));
    return sum(abs(apart)).mul((factor * 0.5) / ((size * (size - 1)) / 2));
  });
}

const byName: Readonly<Record<RegularizerName, (options?: never) => Regularizer>> = {
  l1,
  l2,
  l1l2,
  orthogonalRegularizer,
};

/** The regularizers that can be named by a string. */
export type RegularizerName = 'l1' | 'l2' | 'l1l2' | 'orthogonalRegularizer';

/** What a `...Regularizer` option takes. */
export type RegularizerLike = RegularizerName | Regularizer | Serialized;

/**
 * The regularizer of a name, of `{ className, config }`, or itself; null stays null.
 *
 * @throws NameError with the nearest name for one that nobody knows.
 */
export function getRegularizer(identifier: RegularizerLike | null | undefined): Regularizer | null {
  if (identifier === null || identifier === undefined) return null;
  expectPart('regularizer', byName, identifier);
  if (typeof identifier === 'function') return identifier;
  return revive('regularizer', byName, identifier);
}
