import { max, mean, sum, zeros } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { expectMetricOptions } from './expect-metric-options.js';
import { part } from './metric.js';
import type { Metric, MetricOptions } from './metric.js';
import { alignPair, asFloat } from './ranks.js';

/** Options of `f1Score`. */
export interface F1ScoreOptions extends MetricOptions {
  /** How the scores of the classes become one; null keeps them apart. Default null. */
  readonly average?: 'micro' | 'macro' | 'weighted' | null;
  /** A prediction above it counts as the class. Default null: the largest prediction of a sample does. */
  readonly threshold?: number | null;
}

/** Options of `fBetaScore`. */
export interface FBetaScoreOptions extends F1ScoreOptions {
  /** How many times as much recall counts as precision. Default 1. */
  readonly beta?: number;
}

const EPSILON = 1e-7;

/** Which classes a sample is counted for. A sample whose predictions are all zero is counted for none. */
function decide(prediction: Tensor, threshold: number | null): Tensor {
  if (threshold !== null) return asFloat(prediction.greater(threshold));
  const largest = max(prediction, { axis: -1, keepDims: true });
  return asFloat(prediction.greaterEqual(largest).and(prediction.abs().greater(1e-9)));
}

function fScoreNamed(
  className: string,
  options: FBetaScoreOptions & { readonly name: string },
): Metric {
  expectMetricOptions(options.name, options, { average: null, beta: null, threshold: null });
  const { name, average = null, beta = 1, threshold = null } = options;
  const axis = average === 'micro' ? {} : { axis: 0 };
  return {
    className,
    name,
    config: { name, average, threshold, ...(className === 'FBetaScore' ? { beta } : {}) },
    direction: 'max',
    usesMask: false,
    init: (predictionShape = []) => {
      const shape = average === 'micro' ? [] : [predictionShape[predictionShape.length - 1] ?? 1];
      const zero = zeros(shape);
      return { hits: zero, falseAlarms: zero, misses: zero, positives: zero };
    },
    update: (state, target, prediction, sampleWeight) => {
      const [t, raw] = alignPair(name, target, prediction);
      const p = decide(raw, threshold);
      const count = (x: Tensor): Tensor =>
        sum(sampleWeight ? x.mul(asFloat(sampleWeight).reshape([-1, 1])) : x, axis);
      return {
        hits: part(state, 'hits').add(count(p.mul(t))),
        falseAlarms: part(state, 'falseAlarms').add(count(p.mul(t.neg().add(1)))),
        misses: part(state, 'misses').add(count(p.neg().add(1).mul(t))),
        positives: part(state, 'positives').add(count(t)),
      };
    },
    result: (state) => {
      const hits = part(state, 'hits');
      const precision = hits.div(hits.add(part(state, 'falseAlarms')).add(EPSILON));
      const recall = hits.div(hits.add(part(state, 'misses')).add(EPSILON));
      const sumOfBoth = precision
        .mul(beta * beta)
        .add(recall)
        .add(EPSILON);
      const scores = precision
        .mul(recall)
        .mul(1 + beta * beta)
        .div(sumOfBoth);
      if (average === null || average === 'micro') return scores;
      if (average === 'macro') return mean(scores);
      const positives = part(state, 'positives');
      return sum(scores.mul(positives.div(sum(positives).add(EPSILON))));
    },
  };
}

/**
 * The harmonic mean of precision and recall, per class of one-hot (or many-hot) targets `[batch, classes]`.
 * Call `init(predictionShape)`: it keeps numbers per class.
 *
 * @param options `average` null, `threshold` null.
 * @example
 * const m = f1Score({ average: 'macro' });
 * const t = tensor([[1, 0], [0, 1]]);
 * m.result(m.update(m.init([2, 2]), t, t)).item().toFixed(3); // => '1.000'
 */
export function f1Score(options: F1ScoreOptions = {}): Metric {
  return fScoreNamed('F1Score', { name: 'f1Score', ...options, beta: 1 });
}

/** `f1Score` in which recall counts `beta` times as much as precision. */
export function fBetaScore(options: FBetaScoreOptions = {}): Metric {
  return fScoreNamed('FBetaScore', { name: 'fbetaScore', ...options });
}
