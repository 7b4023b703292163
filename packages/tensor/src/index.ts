/** Tensors, automatic differentiation and compiled programs. See the README for a tour. */
export { Tensor } from './tensor.js';
export type { NestedArray, ReduceOptions, TensorLike } from './tensor.js';
export type { DType, TypedArray } from './dtype.js';
export { isFloat } from './dtype.js';
export type { Shape } from './shape.js';
export { formatShape, sameShape, sizeOf } from './shape.js';
export type { TensorType } from './primitive.js';
export * from './errors.js';
export * from './ops/constant.js';
export * from './ops/create.js';
export * from './ops/elementwise.js';
export * from './ops/reduce.js';
export * from './ops/layout.js';
export { dot, matmul } from './ops/matmul.js';
export { einsum } from './ops/einsum.js';
export * from './ops/index.js';
export * from './ops/order.js';
export * from './ops/cumsum.js';
export * from './ops/random.js';
export * from './ops/activations.js';
export { conv1d, conv2d, conv3d } from './ops/conv.js';
export type { ConvOptions } from './ops/conv.js';
export {
  conv1dTranspose,
  conv2dTranspose,
  conv3dTranspose,
  transposedAxis,
} from './ops/conv-transpose.js';
export type { ConvTransposeOptions, TransposedAxis } from './ops/conv-transpose.js';
export { depthwiseConv1d, depthwiseConv2d } from './ops/depthwise-conv.js';
export type { DepthwiseConvOptions } from './ops/depthwise-conv.js';
export { adaptiveAveragePool, adaptiveMaxPool } from './ops/adaptive-pool.js';
export type { AdaptiveSize } from './ops/adaptive-pool.js';
export { averagePool, maxPool } from './ops/pool.js';
export type { PoolOptions } from './ops/pool.js';
export { affineTransform, fillModes, perspectiveTransform } from './ops/affine-transform.js';
export type { AffineOptions, FillMode } from './ops/affine-transform.js';
export { arctan2 } from './ops/arctan2.js';
export { interpolations, resizeImages } from './ops/resize.js';
export type { Interpolation, ResizeOptions } from './ops/resize.js';
export { paddingOf } from './ops/window-geometry.js';
export type { Padding, PerAxis } from './ops/window-geometry.js';
export { searchSorted } from './ops/search-sorted.js';
export type { SearchSortedOptions } from './ops/search-sorted.js';
export { scan } from './ops/scan.js';
export type { ScanOptions } from './ops/scan.js';
export { customVjp, grad, stopGradient, valueAndGrad } from './autograd/grad.js';
export type { GradOptions } from './autograd/grad.js';
export { compile } from './graph/compile.js';
export type { Compiled, CompileOptions } from './graph/compile.js';
export {
  createState,
  getDefaultBackend,
  offerBackend,
  setDefaultBackend,
  State,
} from './graph/state.js';
export { treeFlatten, treeMap, treeUnflatten } from './tree.js';
export type { FlatTree, Tree, TreeStructure } from './tree.js';
