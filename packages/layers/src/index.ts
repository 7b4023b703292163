/** Layers with Keras' names, options and defaults, and what it takes to write your own. */
export * from './built-in-layers.js';
export type { ActivationOptions } from './activation.js';
export type { ActivityRegularizationOptions } from './activity-regularization.js';
export type { AdaptableLayer } from './adaptable-layer.js';
export type { AdaptivePoolingOptions } from './adaptive-pooling.js';
export type { AdditiveAttentionOptions } from './additive-attention.js';
export type { AlphaDropoutOptions } from './alpha-dropout.js';
export type { AttentionLayer } from './attention-layer.js';
export type { AttentionOptions } from './attention.js';
export type { BatchNormalizationOptions } from './batch-normalization.js';
export type { RenormClipping } from './batch-renormalization.js';
export type { Border, BordersOption, CroppingOptions, ZeroPaddingOptions } from './borders.js';
export type { ConcatenateOptions } from './concatenate.js';
export type { ConvolutionOptions } from './convolution.js';
export type { DataFormat } from './data-format.js';
export type { DenseOptions } from './dense.js';
export type { DotOptions } from './dot.js';
export type { DropoutOptions } from './dropout.js';
export type { EinsumDenseOptions } from './einsum-dense.js';
export type { EmbeddingOptions, EmbeddingTable } from './embedding-options.js';
export type { FlattenOptions } from './flatten.js';
export type { GlobalPoolingOptions } from './global-pooling.js';
export type { GroupNormalizationOptions } from './group-normalization.js';
export type { GroupQueryAttentionOptions } from './group-query-attention.js';
export type { HeadAttentionOptions } from './head-attention.js';
export type { InputLayerOptions } from './input-layer.js';
export type { LambdaCall, LambdaFactory, LambdaOptions } from './lambda.js';
export type { LayerNormalizationOptions } from './layer-normalization.js';
export type { ListAttentionOptions } from './list-attention.js';
export type { MultiHeadAttentionOptions } from './multi-head-attention.js';
export type { AxisOption } from './normalized-axes.js';
export type { PoolingOptions } from './pooling.js';
export type { ReshapeOptions } from './reshape.js';
export { countConnections } from './sparse.js';
export type { ReversibleEmbeddingOptions } from './reversible-embedding.js';
export type { RmsNormalizationOptions } from './rms-normalization.js';
export type { SparseOptions } from './sparse.js';
export type { SpectralNormalizationOptions } from './spectral-normalization.js';
export type { UnitNormalizationOptions } from './unit-normalization.js';

export { masksOfCall } from './call-masks.js';
export type { CallMasks } from './call-masks.js';
export { isAnyTensor, mapCallOptions, tensorsOfOptions } from './call-options.js';
export type { CallOptionName, CallOptions, TensorsOrNone } from './call-options.js';
export type { CategoryEncodingOptions } from './category-encoding.js';
export type { Cropping1dOptions } from './cropping1d.js';
export type { DepthwiseOptions } from './depthwise-convolution.js';
export type { DiscretizationOptions } from './discretization.js';
export type { EluOptions } from './elu.js';
export type { GaussianDropoutOptions } from './gaussian-dropout.js';
export type { GaussianNoiseOptions } from './gaussian-noise.js';
export type { SeparableOptions } from './separable-convolution.js';
export type { TransposedConvolutionOptions } from './transposed-convolution.js';
export type { StackedRNNCellsOptions } from './stacked-rnn-cells.js';
export type { SimpleRNNOptions } from './simple-rnn.js';
export type { SimpleRNNCellOptions } from './simple-rnn-cell.js';
export type { RnnOptions } from './rnn.js';
export type { LstmOptions } from './lstm.js';
export type { LstmCellOptions } from './lstm-cell.js';
export type { GruOptions } from './gru.js';
export type { GruCellOptions } from './gru-cell.js';
export type { AutoContrastOptions } from './image/auto-contrast.js';
export type { CenterCropOptions } from './image/center-crop.js';
export type { RandomColorJitterOptions } from './image/random-color-jitter.js';
export type { RandomCropOptions } from './image/random-crop.js';
export type { RandomErasingOptions } from './image/random-erasing.js';
export type { RandomFlipOptions } from './image/random-flip.js';
export type { RandomGaussianBlurOptions } from './image/random-gaussian-blur.js';
export type { RandomGrayscaleOptions } from './image/random-grayscale.js';
export type { RandomInvertOptions } from './image/random-invert.js';
export type { RandomPerspectiveOptions } from './image/random-perspective.js';
export type { RandomRotationOptions } from './image/random-rotation.js';
export type { RandomShearOptions } from './image/random-shear.js';
export type { RandomTranslationOptions } from './image/random-translation.js';
export type { RandomZoomOptions } from './image/random-zoom.js';
export type { RelightingOptions } from './image/relighting.js';
export type { ResizingOptions } from './image/resizing.js';
export type { SolarizationOptions } from './image/solarization.js';
export type { IntegerLookupOptions } from './integer-lookup.js';
export type { LeakyReLUOptions } from './leaky-re-lu.js';
export type { NestedNumbers, NumbersLike } from './nested-numbers.js';
export type { NormalizationOptions } from './normalization.js';
export type { PReLUOptions } from './p-re-lu.js';
export type { PermuteOptions } from './permute.js';
export type { PipelineOptions } from './pipeline.js';
export type { ReLUOptions } from './re-lu.js';
export type { RepeatVectorOptions } from './repeat-vector.js';
export type { RescalingOptions } from './rescaling.js';
export type { SoftmaxOptions } from './softmax.js';
export type { MelSpectrogramOptions } from './sound/mel-spectrogram.js';
export type { SpectrogramMode, StftSpectrogramOptions } from './sound/stft-spectrogram.js';
export type { SpatialDropout1dOptions, SpatialDropoutOptions } from './spatial-dropout.js';
export type { UpSampling1dOptions } from './up-sampling1d.js';
export type { UpSampling2dOptions } from './up-sampling2d.js';
export type { UpSampling3dOptions } from './up-sampling3d.js';
export type { ZeroPadding1dOptions } from './zero-padding1d.js';
export * from './text/index.js';
export { vocabularyOf } from './vocabulary.js';
export type { LookupMode, Vocabulary, VocabularyConfig, VocabularyOptions } from './vocabulary.js';

export { defineLayer, defineMergeLayer } from './layer.js';
export type {
  AnyLayer,
  CallContext,
  CommonConfig,
  Layer,
  LayerDefinition,
  LayerFactory,
  LayerOptions,
  Mask,
  MasksOf,
  ParameterSpec,
  ParameterSpecs,
  ParametersOf,
  ShapesOf,
  SymbolicResult,
} from './layer.js';
export {
  expectFraction,
  expectInteger,
  expectLastAxis,
  expectOneOf,
  expectRank,
  formatSymbolic,
  knownLength,
  layerLabel,
} from './layer-errors.js';
export { asLayerResult, isLayerResult, layerResult } from './layer-result.js';
export type { CallResult, LayerResult, LayerResultParts, TensorOrTensors } from './layer-result.js';
export {
  callNested,
  nestedContext,
  nestedParams,
  nestedResult,
  nestedSpecs,
} from './nested-layer.js';
export { defineCell } from './recurrent-cell.js';
export type {
  CellDefinition,
  CellFace,
  CellRun,
  CellStep,
  RecurrentCell,
} from './recurrent-cell.js';
export type { RecurrentFactory, RecurrentLayerOptions } from './recurrent-layer.js';
export type { BidirectionalFactory, BidirectionalOptions, MergeMode } from './bidirectional.js';
export type { MaskingOptions } from './masking.js';
export type { TimeDistributedOptions } from './time-distributed.js';
export type { ConvLstmOptions } from './conv-lstm.js';
export { fromConfig, layerRegistry, registerLayer } from './registry.js';
export type { LayerMaker } from './registry.js';
export { isSerialized, toJson } from './serialized.js';
export type { JsonValue, Serialized } from './serialized.js';
export { operationNames } from './operation.js';
export type {
  ConstantArgument,
  InputPlace,
  MethodName,
  OperationArgument,
  OperationName,
  OperationOptions,
} from './operation.js';
export { expectLayer } from './expect-layer.js';
export { isSymbolic, numberOfSource, operate, symbolicTensor } from './symbolic-operations.js';
export type { Symbolically, SymbolicOperations } from './symbolic-operations.js';
export { input } from './symbolic.js';
export type {
  InputOptions,
  InputSource,
  LayerCall,
  SymbolicShape,
  SymbolicTensor,
} from './symbolic.js';

export { getActivation } from './activations.js';
export type {
  Activation,
  ActivationLike,
  ActivationName,
  ActivationWithOptions,
} from './activations.js';
export * as constraints from './constraints.js';
export { getConstraint } from './constraints.js';
export type { Constraint, ConstraintLike, ConstraintName } from './constraints.js';
export * as initializers from './initializers/index.js';
export { getInitializer } from './initializers/index.js';
export type { Initializer, InitializerLike, InitializerName } from './initializers/index.js';
export * as regularizers from './regularizers.js';
export { getRegularizer } from './regularizers.js';
export type { Regularizer, RegularizerLike, RegularizerName } from './regularizers.js';
