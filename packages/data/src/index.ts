export { Dataset, dataset } from './dataset.js';
export type { BatchOptions, BatchesOptions, ShuffleOptions, StreamOptions } from './dataset.js';
export type { StreamSource } from './source.js';
export type { DataParts, DataTree, NestedNumbers, SampleTree, Tensors } from './tree.js';
export { checkFinite } from './check-finite.js';
export type { CheckFiniteOptions } from './check-finite.js';
export { kFold, splitByFractions, trainTestSplit } from './split.js';
export type {
  KFoldOptions,
  SplitOptions,
  Stratify,
  TrainTest,
  TrainTestSplitOptions,
} from './split.js';
export type { Numbers } from './columns.js';
export { StandardScaler, standardScaler } from './standard-scaler.js';
export type { StandardScalerJson } from './standard-scaler.js';
export { MinMaxScaler, minMaxScaler } from './min-max-scaler.js';
export type { MinMaxScalerJson, MinMaxScalerOptions } from './min-max-scaler.js';
export { LabelEncoder, labelEncoder } from './label-encoder.js';
export type { Label, LabelEncoderJson } from './label-encoder.js';
export { OneHotEncoder, oneHotEncoder, toCategorical } from './one-hot-encoder.js';
export type { OneHotEncoderJson, OneHotEncoderOptions } from './one-hot-encoder.js';
export { blobs, circles, moons, plane, spirals, xor } from './generators.js';
export type {
  BlobsOptions,
  CirclesOptions,
  Generated,
  PlaneOptions,
  PointsOptions,
  SpiralsOptions,
} from './generators.js';
export { tabular, tabularEncoder } from './tabular.js';
export type { Tabular, TabularOptions, TabularPart, TabularReport } from './tabular.js';
export { TabularEncoder } from './tabular-encoder.js';
export type {
  DroppedRow,
  FeatureRule,
  IgnoredColumn,
  TabularEncoderJson,
  TabularEncoderOptions,
  TabularRows,
  Task,
} from './tabular-encoder.js';
export type { Cell, TableLike, TableSource } from './table-column.js';
