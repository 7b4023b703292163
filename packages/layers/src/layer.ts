import type { Tensor } from '@gradus/tensor';
import { NameError, ValueError, nearestName } from '@gradus/tensor';
import type { CallOptions } from './call-options.js';
import { expectCallOptions } from './call-options.js';
import type {
  CommonConfig,
  Layer,
  LayerDefinition,
  LayerFactory,
  LayerOptions,
  Mask,
  ParameterSpec,
  ParameterSpecs,
  SymbolicResult,
} from './layer-definition.js';
import { expectLayerOptions } from './expect-layer-options.js';
import { layerLabel } from './layer-errors.js';
import { asLayerResult, layerResult } from './layer-result.js';
import { getRegularizer } from './regularizers.js';
import { toJson } from './serialized.js';
import { isSymbolic, symbolicTensor } from './symbolic-operations.js';
import type { LayerCall, SymbolicShape, SymbolicTensor } from './symbolic.js';

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
} from './layer-definition.js';

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
  expectLayerOptions(className, given);
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

  // In Keras, adapt changes the layer itself: code that relies on it would train with a layer that has seen nothing.
  let wasAdapted = false;
  function expectUsable(inputs: readonly SymbolicTensor[]): void {
    if (wasAdapted)
      throw new ValueError('layer/adapted-copy', `${label} is not the layer that knows the data.`, {
        got: 'the layer on which adapt was called, which stays as it was',
        expected: 'the layer that adapt gave back',
        fix: 'keep that one and use it: const known = layer.adapt(data)',
      });
    if (inputs.every(isSymbolic)) return;
    throw new ValueError('layer/symbolic', `${label} is called on what is no part of a model.`, {
      got: 'numbers',
      expected: 'what input() or another layer gives',
      fix: 'put it into a model and call predict: sequential([layer]).predict(x)',
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
      : {
          adapt(data: unknown) {
            const adapted = make({ ...given, ...definition.adapt?.(options, data) });
            wasAdapted = true;
            return adapted;
          },
        }),
  } satisfies LayerMembers;

  const record = (
    x: SymbolicTensor | readonly SymbolicTensor[],
    callOptions: CallOptions = {},
  ): SymbolicTensor => {
    expectCallOptions(label, callOptions, definition.callOptions ?? []);
    const inputs = isList(x) ? x : [x];
    expectUsable(inputs);
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
  Object.assign(record, members, definition.members?.(options));
  // Keras' way to freeze a layer would fail with an error of the language: a layer is a value that models share.
  Object.defineProperty(record, 'trainable', {
    enumerable: true,
    get: () => common.trainable,
    set(trainable: unknown) {
      throw new ValueError('layer/trainable', `${label} stays as it was made.`, {
        got: `trainable = ${String(trainable)}`,
        expected: 'the model to be told, or another layer',
        fix: `model.setTrainable(name, ${String(trainable)}), or make it with { trainable: ${String(trainable)} }`,
      });
    },
  });
  const layer: Layer = Object.freeze(record as typeof record & LayerMembers) as Layer;
  return layer;
}
