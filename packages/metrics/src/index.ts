export type { Direction, Metric, MetricOptions, MetricState } from './metric.js';
export { getMetric, metricFromConfig } from './registry.js';
export type { MetricName } from './registry.js';
export { mean, meanOf, total as sum } from './mean.js';
export type { MeanOfDefinition } from './mean.js';
export {
  accuracy,
  binaryAccuracy,
  categoricalAccuracy,
  resolveAccuracy,
  sparseCategoricalAccuracy,
} from './accuracy.js';
export type { BinaryAccuracyOptions } from './accuracy.js';
export { sparseTopKCategoricalAccuracy, topKCategoricalAccuracy } from './top-k.js';
export type { SparseTopKOptions, TopKOptions } from './top-k.js';
export {
  cosineSimilarity,
  logCoshError,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  rootMeanSquaredError,
} from './regression.js';
export type { CosineSimilarityOptions } from './regression.js';
export { r2Score } from './r2-score.js';
export type { R2ScoreOptions } from './r2-score.js';
export {
  falseNegatives,
  falsePositives,
  precision,
  recall,
  trueNegatives,
  truePositives,
} from './confusion-counts.js';
export type { CountOptions, PrecisionOptions } from './confusion-counts.js';
export { auc } from './auc.js';
export type { AucOptions } from './auc.js';
export { confusionMatrix, confusionMatrixMetric } from './confusion-matrix.js';
export type { ConfusionMatrixOptions } from './confusion-matrix.js';
export {
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
} from './crossentropy.js';
export type {
  BinaryCrossentropyOptions,
  CrossentropyOptions,
  SparseCrossentropyOptions,
} from './crossentropy.js';
export { f1Score, fBetaScore } from './f-score.js';
export type { F1ScoreOptions, FBetaScoreOptions } from './f-score.js';
export { categoricalHinge, hinge, klDivergence, poisson, squaredHinge } from './margin.js';
export {
  precisionAtRecall,
  recallAtPrecision,
  sensitivityAtSpecificity,
  specificityAtSensitivity,
} from './best-under-constraint.js';
export type {
  PrecisionAtRecallOptions,
  RecallAtPrecisionOptions,
  SensitivityAtSpecificityOptions,
  SpecificityAtSensitivityOptions,
} from './best-under-constraint.js';
export { binaryIoU, iou, meanIoU, oneHotIoU, oneHotMeanIoU } from './iou.js';
export type {
  BinaryIoUOptions,
  IoUOptions,
  MeanIoUOptions,
  OneHotIoUOptions,
  OneHotMeanIoUOptions,
} from './iou.js';
export { concordanceCorrelation, pearsonCorrelation } from './correlation.js';
export type { CorrelationOptions } from './correlation.js';
