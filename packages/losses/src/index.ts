export { defineLoss } from './loss.js';
export type { Loss, LossDefinition, LossFunction, LossOptions, Reduction } from './loss.js';
export { computeLoss, reduceValues } from './reduction.js';
export type { LossWeights } from './reduction.js';
export { getLoss, lossFromConfig, resolveCrossentropy } from './registry.js';
export type { LossName } from './registry.js';
export { meanSquaredError } from './mean-squared-error.js';
export { meanAbsoluteError } from './mean-absolute-error.js';
export { meanAbsolutePercentageError } from './mean-absolute-percentage-error.js';
export { meanSquaredLogarithmicError } from './mean-squared-logarithmic-error.js';
export { huber } from './huber.js';
export type { HuberOptions } from './huber.js';
export { logCosh } from './log-cosh.js';
export { cosineSimilarity } from './cosine-similarity.js';
export type { CosineSimilarityOptions } from './cosine-similarity.js';
export { klDivergence } from './kl-divergence.js';
export { poisson } from './poisson.js';
export { hinge } from './hinge.js';
export { squaredHinge } from './squared-hinge.js';
export { categoricalHinge } from './categorical-hinge.js';
export { binaryCrossentropy } from './binary-crossentropy.js';
export type { CrossentropyOptions } from './binary-crossentropy.js';
export { categoricalCrossentropy } from './categorical-crossentropy.js';
export { sparseCategoricalCrossentropy } from './sparse-categorical-crossentropy.js';
export type { SparseCategoricalCrossentropyOptions } from './sparse-categorical-crossentropy.js';
export { binaryFocalCrossentropy, categoricalFocalCrossentropy } from './focal-crossentropy.js';
export type {
  BinaryFocalCrossentropyOptions,
  CategoricalFocalCrossentropyOptions,
} from './focal-crossentropy.js';
export { dice, tversky } from './overlap.js';
export type { DiceOptions, TverskyOptions } from './overlap.js';
export { ctc } from './ctc.js';
export { circle } from './circle.js';
export type { CircleOptions } from './circle.js';
export { categoricalGeneralizedCrossEntropy } from './generalized-crossentropy.js';
export type { GeneralizedCrossEntropyOptions } from './generalized-crossentropy.js';
