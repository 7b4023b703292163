import { unknownName } from '@gradus/tensor';
import {
  accuracy,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
} from './accuracy.js';
import { auc } from './auc.js';
import {
  precisionAtRecall,
  recallAtPrecision,
  sensitivityAtSpecificity,
  specificityAtSensitivity,
} from './best-under-constraint.js';
import {
  falseNegatives,
  falsePositives,
  precision,
  recall,
  trueNegatives,
  truePositives,
} from './confusion-counts.js';
import { confusionMatrixMetric } from './confusion-matrix.js';
import { concordanceCorrelation, pearsonCorrelation } from './correlation.js';
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
} from './crossentropy.js';
import { f1Score, fBetaScore } from './f-score.js';
import { binaryIoU, iou, meanIoU, oneHotIoU, oneHotMeanIoU } from './iou.js';
import { categoricalHinge, hinge, klDivergence, poisson, squaredHinge } from './margin.js';
import { mean, total } from './mean.js';
import type { Metric } from './metric.js';
import { r2Score } from './r2-score.js';
import {
  cosineSimilarity,
  logCoshError,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  rootMeanSquaredError,
} from './regression.js';
import { sparseTopKCategoricalAccuracy, topKCategoricalAccuracy } from './top-k.js';

/** Options of all kinds: saved ones come from a file, where no compiler has seen them. */
type Factory = (options: never) => Metric;

type FullName =
  | 'mean'
  | 'sum'
  | 'accuracy'
  | 'binaryAccuracy'
  | 'categoricalAccuracy'
  | 'sparseCategoricalAccuracy'
  | 'topKCategoricalAccuracy'
  | 'sparseTopKCategoricalAccuracy'
  | 'meanSquaredError'
  | 'rootMeanSquaredError'
  | 'meanAbsoluteError'
  | 'meanAbsolutePercentageError'
  | 'meanSquaredLogarithmicError'
  | 'logCoshError'
  | 'cosineSimilarity'
  | 'r2Score'
  | 'auc'
  | 'precision'
  | 'recall'
  | 'truePositives'
  | 'trueNegatives'
  | 'falsePositives'
  | 'falseNegatives'
  | 'confusionMatrix'
  | 'binaryCrossentropy'
  | 'categoricalCrossentropy'
  | 'sparseCategoricalCrossentropy'
  | 'f1Score'
  | 'fBetaScore'
  | 'hinge'
  | 'squaredHinge'
  | 'categoricalHinge'
  | 'klDivergence'
  | 'poisson'
  | 'sensitivityAtSpecificity'
  | 'specificityAtSensitivity'
  | 'precisionAtRecall'
  | 'recallAtPrecision'
  | 'iou'
  | 'binaryIoU'
  | 'meanIoU'
  | 'oneHotIoU'
  | 'oneHotMeanIoU'
  | 'pearsonCorrelation'
  | 'concordanceCorrelation';

const factories: Readonly<Record<FullName, Factory>> = {
  mean,
  sum: total,
  accuracy,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  topKCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  meanSquaredError,
  rootMeanSquaredError,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredLogarithmicError,
  logCoshError,
  cosineSimilarity,
  r2Score,
  auc,
  precision,
  recall,
  truePositives,
  trueNegatives,
  falsePositives,
  falseNegatives,
  confusionMatrix: confusionMatrixMetric,
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
  f1Score,
  fBetaScore,
  hinge,
  squaredHinge,
  categoricalHinge,
  klDivergence,
  poisson,
  sensitivityAtSpecificity,
  specificityAtSensitivity,
  precisionAtRecall,
  recallAtPrecision,
  iou,
  binaryIoU,
  meanIoU,
  oneHotIoU,
  oneHotMeanIoU,
  pearsonCorrelation,
  concordanceCorrelation,
};

type ShortName = 'acc' | 'logcosh' | 'mse' | 'rmse' | 'mae' | 'mape' | 'msle' | 'bce' | 'kld';

const aliases: Readonly<Record<ShortName, FullName>> = {
  acc: 'accuracy',
  mse: 'meanSquaredError',
  rmse: 'rootMeanSquaredError',
  mae: 'meanAbsoluteError',
  mape: 'meanAbsolutePercentageError',
  msle: 'meanSquaredLogarithmicError',
  bce: 'binaryCrossentropy',
  kld: 'klDivergence',
  logcosh: 'logCoshError',
};

/** Metrics that cannot be without options, so that a name says too little. */
type NeedsOptions =
  | 'confusionMatrix'
  | 'iou'
  | 'meanIoU'
  | 'oneHotIoU'
  | 'oneHotMeanIoU'
  | 'sensitivityAtSpecificity'
  | 'specificityAtSensitivity'
  | 'precisionAtRecall'
  | 'recallAtPrecision';

/** Names that `compile` takes for a metric. `accuracy` is resolved by shapes before, see `resolveAccuracy`. */
export type MetricName = Exclude<FullName, NeedsOptions> | ShortName;

const plain = (name: string): string => name.toLowerCase().replaceAll('_', '');

const byPlainName: ReadonlyMap<string, Factory> = new Map([
  ...Object.entries(factories).map(([name, factory]) => [plain(name), factory] as const),
  ...Object.entries(aliases).map(([alias, name]) => [plain(alias), factories[name]] as const),
]);

/**
 * A metric from what a user writes: a name or a metric. As in Keras, a metric given by name shows under that very name.
 *
 * @throws NameError for an unknown name, with the nearest known one.
 * @example
 * getMetric('mae').className; // => 'MeanAbsoluteError'
 */
export function getMetric(metric: MetricName | Metric): Metric {
  return typeof metric === 'string' ? metricFromConfig(metric, { name: metric }) : metric;
}

/**
 * A metric from its saved form.
 *
 * @param className Keras' class name or a name that `getMetric` knows.
 * @param config options in camelCase, as in `metric.config`.
 * @throws NameError for an unknown name.
 */
export function metricFromConfig(
  className: string,
  config: Readonly<Record<string, unknown>> = {},
): Metric {
  const factory = byPlainName.get(plain(className));
  if (factory === undefined)
    throw unknownName('metric', className, [...Object.keys(factories), ...Object.keys(aliases)]);
  return factory({ ...config } as never);
}
