import type { Shape, Tensor } from '@gradus/tensor';
import { bernoulli, foldIn, where } from '@gradus/tensor';
import type { CallContext } from './layer.js';

/** Factors that drop numbers: none, one for all gates, or one per gate. */
export type Noise = readonly Tensor[];

/** What decides about the dropout of a cell. */
export interface NoiseOptions {
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly seed: number | null;
}

/** The noise of one call of a cell, the same for all of its steps. */
export interface CellNoise {
  readonly input: Noise;
  readonly recurrent: Noise;
}

/** Shapes of what is dropped from: the input of one step, and the state, both with the batch. */
export interface NoiseShapes {
  readonly input: Shape;
  readonly state: Shape;
}

/**
 * Draws which numbers of the input and of the state are dropped, once for all steps, as Gal and Ghahramani (2016) propose.
 *
 * @param count how many factors: 1, or the number of gates where each drops numbers of its own.
 */
export function cellNoise(
  { dropout, recurrentDropout, seed }: NoiseOptions,
  context: CallContext,
  shapes: NoiseShapes,
  count = 1,
): CellNoise {
  const draw = (purpose: string, rate: number, shape: Shape): Noise => {
    if (!context.training || rate === 0) return [];
    const key = context.key(purpose);
    const own = seed === null ? key : foldIn(key, seed);
    return Array.from({ length: count }, (_, i) =>
      where(bernoulli(foldIn(own, i), 1 - rate, shape), rate === 1 ? 0 : 1 / (1 - rate), 0),
    );
  };
  return {
    input: draw('dropout', dropout, shapes.input),
    recurrent: draw('recurrentDropout', recurrentDropout, shapes.state),
  };
}

/**
 * {@link cellNoise} for a cell with gates. As in Keras, each gate drops numbers of its own as soon as the state is
 * dropped from, and a rate of 1, which would leave nothing to learn from, drops nothing.
 */
export function gateNoise(
  options: NoiseOptions,
  context: CallContext,
  shapes: NoiseShapes,
  gates: number,
): CellNoise {
  const below1 = (rate: number): number => (rate === 1 ? 0 : rate);
  const rates = {
    dropout: below1(options.dropout),
    recurrentDropout: below1(options.recurrentDropout),
    seed: options.seed,
  };
  return cellNoise(rates, context, shapes, options.recurrentDropout === 0 ? 1 : gates);
}
