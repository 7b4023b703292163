import type { DType, Shape, Tensor } from '@gradus/tensor';
import { NameError, ValueError, nearestName } from '@gradus/tensor';
import type { Constraint } from './constraints.js';
import type { Initializer } from './initializers/initializer.js';
import { layerLabel } from './layer-errors.js';
import type { CallResult, TensorOrTensors } from './layer-result.js';
import { asLayerResult, layerResult } from './layer-result.js';
import type { Regularizer, RegularizerLike } from './regularizers.js';
import { getRegularizer } from './regularizers.js';
import type { JsonValue } from './serialized.js';
import { toJson } from './serialized.js';
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

/**
 * A layer: a frozen description, with no numbers inside. The model owns the parameters. Call it on a symbolic tensor
 * to use it in a functional model.
 */
export interface Layer {
  (x: SymbolicTensor | readonly SymbolicTensor[]): SymbolicTensor;
  /** Keras' name of the class, such as 'Dense'. */
  readonly className: string;
  readonly name: string | undefined;
  readonly trainable: boolean;
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether a mask on the input is still valid for the output. */
  readonly supportsMask: boolean;
  /** The parameters for inputs of a shape. Throws ShapeError for inputs that the layer cannot take. */
  build(inputShape: SymbolicShape | readonly SymbolicShape[]): Record<string, ParameterSpec>;
  call(
    params: Readonly<Record<string, Tensor>>,
    input: TensorOrTensors,
    context: CallContext,
  ): CallResult;
  outputShape(inputShape: SymbolicShape | readonly SymbolicShape[]): SymbolicShape;
  outputDType(inputDType: DType): DType;
  /** The mask that goes on with the output. */
  computeMask(input: TensorOrTensors, mask: Mask | readonly Mask[]): Mask;
  /** Options as plain data, enough to make the layer again. */
  getConfig(): { readonly [option: string]: JsonValue };
  /** The same layer with other common options: `layer.with({ trainable: false })`. */
  with(changes: LayerOptions): Layer;
}

/** A function that makes layers of one class. */
export interface LayerFactory<
  Args extends readonly [options?: LayerOptions] = readonly [options?: LayerOptions],
> {
  (...args: Args): Layer;
  readonly className: string;
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
  /** Default: the shape of the (first) input. */
  outputShape?(options: Config & CommonConfig, inputShape: InputShape): SymbolicShape;
  /** Default: float32 for layers with parameters, else that of the input. */
  readonly outputDType?: DType;
  /** Whether a mask passes through. Default false: it ends here. */
  readonly supportsMask?: boolean;
  /** Only for layers that make or change masks. */
  computeMask?(
    options: Config & CommonConfig,
    input: Input,
    mask: Input extends Tensor ? Mask : readonly Mask[],
  ): Mask;
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
>(definition: LayerDefinition<Args, Config, Specs, Tensor, SymbolicShape>): LayerFactory<Args> {
  return makeFactory(definition as unknown as AnyDefinition, false) as LayerFactory<Args>;
}

/** Defines a class of layers whose input is a list of tensors, such as {@link concatenate}. */
export function defineMergeLayer<
  Args extends readonly [options?: LayerOptions],
  Config extends object,
  Specs extends ParameterSpecs = Record<never, never>,
>(
  definition: LayerDefinition<Args, Config, Specs, readonly Tensor[], readonly SymbolicShape[]>,
): LayerFactory<Args> {
  return makeFactory(definition as unknown as AnyDefinition, true) as LayerFactory<Args>;
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
  return Object.freeze(Object.assign(factory, { className: definition.className }));
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
  const activityRegularizer = getRegularizer(given.activityRegularizer);
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

  const members = {
    className,
    trainable: common.trainable,
    options,
    supportsMask: definition.supportsMask ?? false,
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
      const result = definition.call(params, arrange(tensors), options, context);
      if (activityRegularizer === null) return result;
      const { output, state, losses } = asLayerResult(result);
      const outputs = isList(output) ? output : [output];
      const penalties = outputs.map((y) => activityRegularizer(y).div(y.shape[0] ?? 1));
      return layerResult({ output, state, losses: [...penalties, ...losses] });
    },
    outputShape(inputShape) {
      if (definition.outputShape !== undefined)
        return definition.outputShape(options, shapes(inputShape));
      return isShapeList(inputShape) ? (inputShape[0] as SymbolicShape) : inputShape;
    },
    outputDType: (inputDType) =>
      definition.outputDType ?? (definition.build === undefined ? inputDType : 'float32'),
    computeMask(input, mask) {
      const tensors = isList(input) ? input : [input];
      const masks = isList(mask) ? mask : [mask];
      if (definition.computeMask !== undefined)
        return definition.computeMask(
          options,
          arrange(tensors),
          (merges ? masks : masks[0]) as never,
        );
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
  } satisfies LayerMembers;

  const record = (x: SymbolicTensor | readonly SymbolicTensor[]): SymbolicTensor => {
    const inputs = isList(x) ? x : [x];
    const inputShapes = inputs.map(({ shape }) => shape);
    // Building here throws what cannot fit where the user writes it, not later when the model is made.
    layer.build(inputShapes);
    const source: LayerCall = Object.freeze({
      kind: 'layer' as const,
      layer,
      inputs: Object.freeze([...inputs]),
      inputsAs: isList(x) ? ('list' as const) : ('single' as const),
    });
    return Object.freeze({
      shape: layer.outputShape(inputShapes),
      dtype: layer.outputDType(inputs[0]?.dtype ?? 'float32'),
      source,
      index: 0,
      name: common.name,
    });
  };
  // A function has a name of its own, which only defineProperty can replace.
  Object.defineProperty(record, 'name', { value: common.name, enumerable: true });
  const layer: Layer = Object.freeze(Object.assign(record, members));
  return layer;
}
