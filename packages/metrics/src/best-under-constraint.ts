import { ValueError, max, take, full, where, zeros } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { expectMetricOptions } from './expect-metric-options.js';
import { spread } from './confusion-counts.js';
import { divideNoNan } from './mean.js';
import { part } from './metric.js';
import type { Metric, MetricOptions, MetricState } from './metric.js';
import { alignPair, asFloat } from './ranks.js';
import { confusionAt } from './thresholds.js';

/** Options of the metrics that look for the best of one rate while another is high enough. */
export interface ConstraintOptions extends MetricOptions {
  /** How many thresholds are tried. Default 200. */
  readonly numThresholds?: number;
  /** Only this class counts. Default null: all. */
  readonly classId?: number | null;
}

/** Options of `sensitivityAtSpecificity`. */
export interface SensitivityAtSpecificityOptions extends ConstraintOptions {
  /** The specificity to reach at least, 0 to 1. */
  readonly specificity: number;
}

/** Options of `specificityAtSensitivity`. */
export interface SpecificityAtSensitivityOptions extends ConstraintOptions {
  /** The sensitivity to reach at least, 0 to 1. */
  readonly sensitivity: number;
}

/** Options of `precisionAtRecall`. */
export interface PrecisionAtRecallOptions extends ConstraintOptions {
  /** The recall to reach at least, 0 to 1. */
  readonly recall: number;
}

/** Options of `recallAtPrecision`. */
export interface RecallAtPrecisionOptions extends ConstraintOptions {
  /** The precision to reach at least, 0 to 1. */
  readonly precision: number;
}

const COUNTS = ['truePositives', 'trueNegatives', 'falsePositives', 'falseNegatives'] as const;

type Rate = (state: MetricState) => Tensor;

const share =
  (of: (typeof COUNTS)[number], beside: (typeof COUNTS)[number]): Rate =>
  (state) =>
    divideNoNan(part(state, of), part(state, of).add(part(state, beside)));

const sensitivityRate = share('truePositives', 'falseNegatives');
const specificityRate = share('trueNegatives', 'falsePositives');
const precisionRate = share('truePositives', 'falsePositives');

interface Definition {
  readonly className: string;
  readonly name: string;
  /** The option that holds the value to reach. */
  readonly option: string;
  readonly least: number;
  readonly constrained: Rate;
  readonly wanted: Rate;
}

function bestUnderConstraint(definition: Definition, options: ConstraintOptions): Metric {
  const { className, option, least, constrained, wanted } = definition;
  expectMetricOptions(definition.name, options, {
    numThresholds: null,
    classId: null,
    [option]: least,
  });
  const { name = definition.name, numThresholds = 200, classId = null } = options;
  const refuse = (what: string, got: unknown, expected: string): never => {
    throw new ValueError('metric/option', `${name} has no such ${what}.`, {
      got: `${what} ${String(got)}`,
      expected,
      fix: `give ${what} ${expected}`,
    });
  };
  if (!(least >= 0 && least <= 1)) refuse(option, least, 'a number from 0 to 1');
  if (!Number.isInteger(numThresholds) || numThresholds < 1)
    refuse('numThresholds', numThresholds, 'a whole number of at least 1');
  const limits =
    numThresholds === 1
      ? [0.5]
      : Array.from({ length: numThresholds }, (_, i) => i / (numThresholds - 1));
  return {
    className,
    name,
    config: { name, numThresholds, classId, [option]: least },
    direction: 'max',
    usesMask: false,
    // Float64: whether a rate exactly at the limit reaches it must not depend on the order in which weights were added.
    init: () =>
      Object.fromEntries(
        COUNTS.map((count) => [count, zeros([limits.length], { dtype: 'float64' })]),
      ),
    update: (state, target, prediction, sampleWeight) => {
      let [t, p] = alignPair(name, target, prediction);
      let w = sampleWeight ? spread(asFloat(sampleWeight), t) : full(t.shape, 1);
      if (classId !== null)
        [t, p, w] = [t, p, w].map((x) =>
          take(x, full([], classId).cast('int32'), { axis: -1 }),
        ) as [Tensor, Tensor, Tensor];
      const confusion = confusionAt(
        t.reshape([-1]),
        p.reshape([-1]),
        w.reshape([-1]).cast('float64'),
        limits,
      );
      return Object.fromEntries(
        COUNTS.map((count) => [count, part(state, count).add(confusion[count])]),
      );
    },
    result: (state) => {
      const isFeasible = constrained(state).greaterEqual(least);
      return max(where(isFeasible, wanted(state), 0)).cast('float32');
    },
  };
}

/**
 * The best sensitivity (recall) among the thresholds at which the specificity is high enough; 0 when there is none.
 *
 * @param options `specificity` required; `numThresholds` 200, `classId` null.
 * @throws ValueError for a specificity outside of 0 to 1.
 * @example
 * const m = sensitivityAtSpecificity({ specificity: 0.5 });
 * m.result(m.update(m.init(), tensor([0, 0, 0, 1, 1]), tensor([0, 0.3, 0.8, 0.3, 0.8]))).item(); // => 0.5
 */
export function sensitivityAtSpecificity(options: SensitivityAtSpecificityOptions): Metric {
  return bestUnderConstraint(
    {
      className: 'SensitivityAtSpecificity',
      name: 'sensitivityAtSpecificity',
      option: 'specificity',
      least: options.specificity,
      constrained: specificityRate,
      wanted: sensitivityRate,
    },
    options,
  );
}

/**
 * The best specificity among the thresholds at which the sensitivity is high enough; 0 when there is none.
 *
 * @param options `sensitivity` required; `numThresholds` 200, `classId` null.
 * @throws ValueError for a sensitivity outside of 0 to 1.
 */
export function specificityAtSensitivity(options: SpecificityAtSensitivityOptions): Metric {
  return bestUnderConstraint(
    {
      className: 'SpecificityAtSensitivity',
      name: 'specificityAtSensitivity',
      option: 'sensitivity',
      least: options.sensitivity,
      constrained: sensitivityRate,
      wanted: specificityRate,
    },
    options,
  );
}

/**
 * The best precision among the thresholds at which the recall is high enough; 0 when there is none.
 *
 * @param options `recall` required; `numThresholds` 200, `classId` null.
 * @throws ValueError for a recall outside of 0 to 1.
 */
export function precisionAtRecall(options: PrecisionAtRecallOptions): Metric {
  return bestUnderConstraint(
    {
      className: 'PrecisionAtRecall',
      name: 'precisionAtRecall',
      option: 'recall',
      least: options.recall,
      constrained: sensitivityRate,
      wanted: precisionRate,
    },
    options,
  );
}

/**
 * The best recall among the thresholds at which the precision is high enough; 0 when there is none.
 *
 * @param options `precision` required; `numThresholds` 200, `classId` null.
 * @throws ValueError for a precision outside of 0 to 1.
 */
export function recallAtPrecision(options: RecallAtPrecisionOptions): Metric {
  return bestUnderConstraint(
    {
      className: 'RecallAtPrecision',
      name: 'recallAtPrecision',
      option: 'precision',
      least: options.precision,
      constrained: precisionRate,
      wanted: sensitivityRate,
    },
    options,
  );
}
