/**
 * Gradus in one import: models, layers and optimizers by name; operations, losses, metrics, data and file formats as
 * namespaces, because several of them share names (`add` is an operation and a layer, `hinge` a loss and a metric).
 */
export * from '@gradus/layers';
export * from '@gradus/models';
export * from '@gradus/optimizers';
export { compile, createState } from './compile.js';
export {
  grad,
  GradusError,
  key,
  ones,
  scan,
  stopGradient,
  Tensor,
  tensor,
  valueAndGrad,
  zeros,
} from '@gradus/tensor';
export { getThreads, setThreads } from '@gradus/wasm';
export type { DType, Shape, TensorLike, Tree } from '@gradus/tensor';
export * as data from '@gradus/data';
export * as io from '@gradus/io';
export * as losses from '@gradus/losses';
export * as metrics from '@gradus/metrics';
export * as ops from './ops.js';
