import { ValueError, tensor, where } from '@gradus/tensor';
import { defineSchedule } from '../schedule.js';
import type { Schedule } from '../schedule.js';

/** Options of `piecewiseConstantDecay`. */
export interface PiecewiseConstantDecayOptions {
  /** The last step of every piece but the last, increasing. */
  readonly boundaries: readonly number[];
  /** The rate of each piece: one more than boundaries. */
  readonly values: readonly number[];
  readonly name?: string;
}

/**
 * A rate that jumps at given steps. A boundary belongs to the piece on its left.
 *
 * @throws ValueError when there is not one value more than boundaries.
 * @example
 * piecewiseConstantDecay({ boundaries: [5], values: [1, 0.5] })(tensor(6)).item(); // => 0.5
 */
export function piecewiseConstantDecay(options: PiecewiseConstantDecayOptions): Schedule {
  const { boundaries, values, name = 'PiecewiseConstant' } = options;
  if (!Array.isArray(boundaries) || !Array.isArray(values))
    throw new ValueError('schedule/pieces', 'A piecewise schedule has boundaries and values.', {
      got: `boundaries: ${String(boundaries)}, values: ${String(values)}`,
      expected: 'two lists of numbers',
      fix: 'piecewiseConstantDecay({ boundaries: [100], values: [0.1, 0.01] })',
    });
  if (values.length !== boundaries.length + 1)
    throw new ValueError(
      'schedule/pieces',
      'A piecewise schedule has one value more than boundaries.',
      {
        got: `${boundaries.length} boundaries, ${values.length} values`,
        expected: `${boundaries.length + 1} values`,
        fix: 'give the rate before the first boundary too',
      },
    );
  return defineSchedule('PiecewiseConstantDecay', { boundaries, values, name }, (step) => {
    let rate = tensor(values[boundaries.length] as number, { dtype: 'float32' });
    for (let piece = boundaries.length - 1; piece >= 0; piece--)
      rate = where(step.lessEqual(boundaries[piece] as number), values[piece] as number, rate);
    return rate;
  });
}
