import type { DType, Shape, Tensor } from '@gradus/tensor';
import { NameError, ValueError, nearestName } from '@gradus/tensor';
import type { CallOptionName, CallOptions } from './call-options.js';
import { expectCallOptions } from './call-options.js';
import type { Constraint } from './constraints.js';
import type { Initializer } from './initializers/initializer.js';
import { layerLabel } from './layer-errors.js';
import type { CallResult, TensorOrTensors } from './layer-result.js';
import { asLayerResult, layerResult } from './layer-result.js';
import type { Regularizer, RegularizerLike } from './regularizers.js';
import { getRegularizer } from './regularizers.js';
import type { JsonValue } from './serialized.js';
import { toJson } from './serialized.js';
import { symbolicTensor } from './symbolic-operations.js';
import type { LayerCall, SymbolicShape, SymbolicTensor } from './symbolic.js';

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

/**
 * Defines a class of layers with one input. Everything built in is made with it, and so are yours.
 *
 * @example
 * const scale = defineLayer({
 *   className: 'Scale',
 *   build: (_options, shape) => ({ factor: { shape: [shape.at(-1) ?? 1], initializer: initializers.ones() } }),
 *   call: ({ factor }, x) => x.mul(factor),
 * });
 * scale({ name: 'gain' }).build([null, 3]).factor.shape; // => [3]
 */
export function defineLayer<
  Args extends readonly [options?: LayerOptions],
  Config extends object,
  Specs extends ParameterSpecs = Record<never, never>,
  Result extends SymbolicResult = SymbolicTensor,
>(
  definition: LayerDefinition<Args, Config, Specs, Tensor, SymbolicShape>,
): LayerFactory<Args, Layer<Result>> {
  return makeFactory(definition as unknown as AnyDefinition, false) as never;
}

/** Defines a class of layers whose input is a list of tensors, such as {@link concatenate}. */
export function defineMergeLayer<
  Args extends readonly [options?: LayerOptions],
  Config extends object,
  Specs extends ParameterSpecs = Record<never, never>,
  Result extends SymbolicResult = SymbolicTensor,
>(
  definition: LayerDefinition<Args, Config, Specs, readonly Tensor[], readonly SymbolicShape[]>,
): LayerFactory<Args, Layer<Result>> {
  return makeFactory(definition as unknown as AnyDefinition, true) as never;
}

/** Everything of a layer but the call itself and the name. */
type LayerMembers = Pick<Layer, Exclude<keyof Layer, 'name'>>;

type AnyDefinition = LayerDefinition<
  readonly [options?: LayerOptions],
  object,
  ParameterSpecs,
  unknown,
  unknown
>;

const commonOptions = ['name', 'trainable', 'activityRegularizer'];

function isShapeList(
  shape: SymbolicShape | readonly SymbolicShape[],
): shape is readonly SymbolicShape[] {
  return shape.length > 0 && Array.isArray(shape[0]);
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

function makeFactory(definition: AnyDefinition, merges: boolean): LayerFactory {
  const factory = (given: LayerOptions = {}): Layer =>
    makeLayer(definition, merges, given, factory);
  const { className, nullOptions } = definition;
  return Object.freeze(
    Object.assign(factory, { className, ...(nullOptions === undefined ? {} : { nullOptions }) }),
  );
}

function makeLayer(
  definition: AnyDefinition,
  merges: boolean,
  given: LayerOptions,
  make: (options: LayerOptions) => Layer,
): Layer {
  const { className } = definition;
  const label = layerLabel(className, given);
  const resolved = definition.resolve?.(given) ?? {};
  const known = [...Object.keys(resolved), ...commonOptions];
  for (const option of Object.keys(given)) {
    if (known.includes(option)) continue;
    const nearest = nearestName(option, known);
    throw new NameError('layer/unknown-option', `${label} has no option '${option}'.`, {
      got: `'${option}'`,
      expected: [...known].sort().join(', '),
      fix: nearest === undefined ? 'use one of the options above' : `did you mean '${nearest}'?`,
    });
  }
  const activityRegularizer =
    definition.penalizesInside === true ? null : getRegularizer(given.activityRegularizer);
  const common: CommonConfig = { name: given.name, trainable: given.trainable ?? true };
  const options = Object.freeze({ ...resolved, ...common });

  /** The one input, or the list: whatever the definition was written for. */
  function arrange<T>(values: readonly T[]): unknown {
    if (merges) return values;
    if (values.length === 1) return values[0];
    throw new ValueError('layer/inputs', `${label} takes one input.`, {
      got: `a list of ${values.length}`,
      expected: 'one tensor',
      fix: 'join the inputs first, for example with concatenate()',
    });
  }
  const shapes = (shape: SymbolicShape | readonly SymbolicShape[]): unknown =>
    arrange(isShapeList(shape) ? shape : [shape]);

  /** A call without parameters is right only for a layer that has none. */
  function expectNone(names: readonly string[]): void {
    if (names.length === 0) return;
    throw new ValueError('layer/not-built', `${label} was called without its parameters.`, {
      got: 'none',
      expected: names.join(', '),
      fix: 'put it into a model, which makes them, or make those that layer.build(inputShape) lists',
    });
  }

  const members = {
    className,
    trainable: common.trainable,
    options,
    supportsMask: definition.supportsMask ?? false,
    ...(definition.inputNames === undefined ? {} : { inputNames: definition.inputNames }),
    ...(definition.callOptions === undefined ? {} : { callOptions: definition.callOptions }),
    build(inputShape) {
      const specs = definition.build?.(options, shapes(inputShape)) ?? {};
      return Object.fromEntries(
        Object.entries(specs).filter(
          (entry): entry is [string, ParameterSpec] => entry[1] !== null,
        ),
      );
    },
    call(params, input, context) {
      const tensors = isList(input) ? input : [input];
      if (definition.build !== undefined && Object.keys(params).length === 0)
        expectNone(Object.keys(members.build(tensors.map(({ shape }) => shape))));
      const result = definition.call(params, arrange(tensors), options, context);
      if (activityRegularizer === null) return result;
      const { output, state, losses } = asLayerResult(result);
      const outputs = isList(output) ? output : [output];
      const penalties = outputs.map((y) => activityRegularizer(y).div(y.shape[0] ?? 1));
      return layerResult({ output, state, losses: [...penalties, ...losses] });
    },
    outputShape(inputShape, callOptions = {}) {
      // Whether it is one shape or a list is known to the factory that promises the layer's type, not here.
      if (definition.outputShape !== undefined)
        return definition.outputShape(options, shapes(inputShape), callOptions) as SymbolicShape;
      return isShapeList(inputShape) ? (inputShape[0] as SymbolicShape) : inputShape;
    },
    outputDType(inputDType) {
      const { outputDType } = definition;
      if (typeof outputDType === 'function') return outputDType(options, inputDType);
      return outputDType ?? (definition.build === undefined ? inputDType : 'float32');
    },
    computeMask(input, mask, callOptions = {}) {
      const tensors = isList(input) ? input : [input];
      const masks = isList(mask) ? mask : [mask];
      if (definition.computeMask !== undefined)
        return definition.computeMask(
          options,
          arrange(tensors),
          (merges ? masks : masks[0]) as never,
          callOptions,
        ) as Mask;
      return definition.supportsMask === true ? (masks[0] ?? null) : null;
    },
    getConfig: () => ({
      ...Object.fromEntries(
        Object.entries(resolved).map(([option, value]) => [
          option,
          toJson(value, `option ${option} of ${label}`),
        ]),
      ),
      ...(common.name === undefined ? {} : { name: common.name }),
      trainable: common.trainable,
      ...(activityRegularizer === null ? {} : { activityRegularizer: toJson(activityRegularizer) }),
    }),
    with: (changes) => make({ ...given, ...changes }),
    // For the factories that promise an AdaptableLayer.
    ...(definition.adapt === undefined
      ? {}
      : { adapt: (data: unknown) => make({ ...given, ...definition.adapt?.(options, data) }) }),
  } satisfies LayerMembers;

  const record = (
    x: SymbolicTensor | readonly SymbolicTensor[],
    callOptions: CallOptions = {},
  ): SymbolicTensor => {
    expectCallOptions(label, callOptions, definition.callOptions ?? []);
    const inputs = isList(x) ? x : [x];
    const inputShapes = inputs.map(({ shape }) => shape);
    // Building here throws what cannot fit where the user writes it, not later when the model is made.
    layer.build(inputShapes);
    const source: LayerCall = Object.freeze({
      kind: 'layer' as const,
      layer,
      inputs: Object.freeze([...inputs]),
      inputsAs: isList(x) ? ('list' as const) : ('single' as const),
      options: Object.freeze({ ...callOptions }),
    });
    const dtype = layer.outputDType(inputs[0]?.dtype ?? 'float32');
    const output = (shape: SymbolicShape, index: number): SymbolicTensor =>
      symbolicTensor({ shape, dtype, source, index, name: common.name });
    const announced: SymbolicShape | readonly SymbolicShape[] = layer.outputShape(
      inputShapes,
      callOptions,
    );
    // A list of outputs for those layers whose factory promises one.
    return isShapeList(announced)
      ? (announced.map(output) as readonly SymbolicTensor[] as never)
      : output(announced, 0);
  };
  // A function has a name of its own, which only defineProperty can replace.
  Object.defineProperty(record, 'name', { value: common.name, enumerable: true });
  const layer: Layer = Object.freeze(Object.assign(record, members, definition.members?.(options)));
  return layer;
}
