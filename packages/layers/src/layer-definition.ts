import type { DType, Shape, Tensor } from '@gradus/tensor';
import type { CallOptionName, CallOptions } from './call-options.js';
import type { Constraint } from './constraints.js';
import type { Initializer } from './initializers/initializer.js';
import type { CallResult, TensorOrTensors } from './layer-result.js';
import type { Regularizer, RegularizerLike } from './regularizers.js';
import type { JsonValue } from './serialized.js';
import type { SymbolicShape, SymbolicTensor } from './symbolic.js';

/** What a parameter is like before it has numbers. */
export interface ParameterSpec {
  readonly shape: Shape;
  /** Default 'float32'. */
  readonly dtype?: DType;
  readonly initializer: Initializer;
  readonly regularizer?: Regularizer | null;
  readonly constraint?: Constraint | null;
  /** False for what the optimizer must leave alone: running means, masks. Default true. */
  readonly trainable?: boolean;
  /** How many of its numbers count as parameters, where some have no effect. Default: all. */
  readonly parameterCount?: number;
  /**
   * True for what a layer remembers from call to call, as a stateful recurrent layer does: every call changes it, in
   * prediction too, `resetStates` sets it back, and it is none of the weights. Default false.
   */
  readonly isState?: boolean;
}

/** Parameters by name; null for one that the options switched off. */
export interface ParameterSpecs {
  readonly [name: string]: ParameterSpec | null;
}

/** Which entries of a sequence count: bool `[batch, steps]`; null when all do. */
export type Mask = Tensor | null;

/** What a call knows besides its input. */
export interface CallContext {
  /** True in `fit`: dropout drops, batch normalization looks at the batch. */
  readonly training: boolean;
  /** A random key, different for every layer, purpose and step. */
  key(purpose?: string): Tensor;
  /** The mask that came with the input. */
  readonly mask?: Mask;
  /** The masks of a list of inputs. */
  readonly masks?: readonly Mask[];
  /** What the call says beside its inputs, such as an initial state. Masks of inputs are in `mask` and `masks`. */
  readonly callOptions?: CallOptions<Tensor>;
}

/** Options that every layer takes. */
export interface LayerOptions {
  /** How the layer is called in summaries, errors and files. Default: made from its class. */
  readonly name?: string;
  /** False freezes the layer. Default true. */
  readonly trainable?: boolean;
  /** A penalty on the output, divided by the batch size and added to the loss. Default none. */
  readonly activityRegularizer?: RegularizerLike | null;
}

/** The common options as `build` and `call` see them. */
export interface CommonConfig {
  readonly name: string | undefined;
  readonly trainable: boolean;
}

/** What a layer gives when it is called on symbolic tensors: one, or several. */
export type SymbolicResult = SymbolicTensor | readonly SymbolicTensor[];

/** The shape of one output, or of each of several. */
export type ShapesOf<Result> = Result extends SymbolicTensor
  ? SymbolicShape
  : readonly SymbolicShape[];

/** The mask of one output, or of each of several. */
export type MasksOf<Result> = Result extends SymbolicTensor ? Mask : Mask | readonly Mask[];

/**
 * A layer: a frozen description, with no numbers inside. The model owns the parameters. Call it on a symbolic tensor
 * to use it in a functional model; a layer with several outputs, such as `lstm({ units: 4, returnState: true })`, then
 * gives a list. What else a call may say, such as an initial state, goes into its second argument.
 */
export interface Layer<Result extends SymbolicResult = SymbolicTensor> {
  (x: SymbolicTensor | readonly SymbolicTensor[], options?: CallOptions): Result;
  /** Keras' name of the class, such as 'Dense'. */
  readonly className: string;
  readonly name: string | undefined;
  readonly trainable: boolean;
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether a mask on the input is still valid for the output. */
  readonly supportsMask: boolean;
  /** Names of the inputs of a layer that takes several with different roles: query, value, key. */
  readonly inputNames?: readonly string[];
  /** What a call may say beside its inputs, besides `mask` and `training`. */
  readonly callOptions?: readonly CallOptionName[];
  /** What its default name is made from. Default: the class name. */
  readonly nameStem?: string;
  /** The parameters for inputs of a shape. Throws ShapeError for inputs that the layer cannot take. */
  build(inputShape: SymbolicShape | readonly SymbolicShape[]): Record<string, ParameterSpec>;
  call(
    params: Readonly<Record<string, Tensor>>,
    input: TensorOrTensors,
    context: CallContext,
  ): CallResult;
  /** The shape of the output; with several outputs, a list of shapes. */
  outputShape(
    inputShape: SymbolicShape | readonly SymbolicShape[],
    options?: CallOptions<unknown>,
  ): ShapesOf<Result>;
  outputDType(inputDType: DType): DType;
  /** The mask that goes on with the output; with several outputs it belongs to the first, unless there is a list. */
  computeMask(
    input: TensorOrTensors,
    mask: Mask | readonly Mask[],
    options?: CallOptions<Tensor>,
  ): MasksOf<Result>;
  /** Options as plain data, enough to make the layer again. */
  getConfig(): { readonly [option: string]: JsonValue };
  /** The same layer with other common options: `layer.with({ trainable: false })`. */
  with(changes: LayerOptions): Layer<Result>;
}

/** A layer with any number of outputs. */
export type AnyLayer = Layer<SymbolicResult>;

/** A function that makes layers of one class; `Made` is `Layer` unless they have several outputs. */
export interface LayerFactory<
  Args extends readonly [options?: LayerOptions] = readonly [options?: LayerOptions],
  Made = Layer,
> {
  (...args: Args): Made;
  readonly className: string;
  /** Options for which null says something else than their default. */
  readonly nullOptions?: readonly string[];
}

/** Parameters as `call` sees them: tensors under the names that `build` chose. */
export type ParametersOf<Specs> = {
  readonly [Name in keyof Specs]: null extends Specs[Name] ? Tensor | undefined : Tensor;
};

/** What makes a class of layers; `Input` and `InputShape` are lists for layers that merge. */
export interface LayerDefinition<
  Args extends readonly [options?: LayerOptions],
  Config,
  Specs,
  Input,
  InputShape,
> {
  /** The name in files; Keras' name where Keras has the layer. */
  readonly className: string;
  /** Checks options and fills in defaults. Its keys are the options that exist. */
  resolve?(...args: Args): Config;
  /** The parameters for inputs of a shape. Throw here what cannot work. Default: none. */
  build?(options: Config & CommonConfig, inputShape: InputShape): Specs;
  /** The computation: a pure function. */
  call(
    params: ParametersOf<Specs>,
    x: Input,
    options: Config & CommonConfig,
    context: CallContext,
  ): CallResult;
  /** Default: the shape of the (first) input. A list of shapes says that there are several outputs. */
  outputShape?(
    options: Config & CommonConfig,
    inputShape: InputShape,
    callOptions: CallOptions<unknown>,
  ): SymbolicShape | readonly SymbolicShape[];
  /** Default: float32 for layers with parameters, else that of the input. */
  readonly outputDType?: DType | ((options: Config & CommonConfig, inputDType: DType) => DType);
  /** Only for layers that can look at data before the training: the options that the data settle. */
  adapt?(options: Config & CommonConfig, data: unknown): Partial<Config>;
  /** Whether a mask passes through. Default false: it ends here. */
  readonly supportsMask?: boolean;
  /** True for a layer that hands its `activityRegularizer` to layers inside it. Default false: it is for the output. */
  readonly penalizesInside?: boolean;
  /** Names of inputs with different roles, for layers that take a list; their masks are then `<name>Mask` in call options. */
  readonly inputNames?: readonly string[];
  /** What a call may say beside its inputs, besides `mask` and `training`. Default: nothing. */
  readonly callOptions?: readonly CallOptionName[];
  /** Options for which null says something else than their default: Keras' files write it. Default: none. */
  readonly nullOptions?: readonly string[];
  /** Further members of layers of this class, for what works closely with them. Default: none. */
  members?(options: Config & CommonConfig): object;
  /** Only for layers that make or change masks. A list has one entry per output. */
  computeMask?(
    options: Config & CommonConfig,
    input: Input,
    mask: Input extends Tensor ? Mask : readonly Mask[],
    callOptions: CallOptions<Tensor>,
  ): Mask | readonly Mask[];
}
