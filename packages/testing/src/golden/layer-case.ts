import { asLayerResult, fromConfig, masksOfCall } from '@gradus/layers';
import type {
  CallContext,
  CallMasks,
  CallOptions,
  Layer,
  LayerResult,
  Mask,
  ParameterSpec,
  SymbolicShape,
} from '@gradus/layers';
import { fromKerasConfig } from '@gradus/models';
import { NameError, Tensor, foldIn, grad, isFloat, key, tensor } from '@gradus/tensor';
import type { Comparison } from './comparison.js';
import { Unsupported, readTensor, readTree, toleranceOf } from './format.js';
import type { GoldenCase, Saved } from './format.js';
import { camelCase, translateConfig } from './keras-names.js';

interface LayerCase extends GoldenCase {
  readonly inputs: readonly Saved[];
  readonly inputsAs: string;
  readonly inputMasks?: readonly (Saved | null)[];
  readonly callArgs?: Readonly<Record<string, unknown>>;
  readonly training: boolean;
  readonly weights: readonly {
    readonly name: string;
    readonly trainable: boolean;
    readonly tensor: Saved;
  }[];
  readonly buildShape?: SymbolicShape;
  readonly symbolicOutputShape?: unknown;
  readonly cotangents?: readonly (Saved | null)[];
  readonly outputs: readonly Saved[];
  readonly gradients?: {
    readonly inputs: readonly (Saved | null)[];
    readonly weights: readonly (Saved | null)[];
  };
  readonly weightsAfter?: readonly (Saved | null)[] | null;
  readonly losses?: readonly Saved[];
  readonly outputMasks?: readonly (Saved | null)[];
}

/** Whether a model stands somewhere inside a config. */
function holdsModel(config: unknown): boolean {
  if (typeof config !== 'object' || config === null) return false;
  const { class_name: className } = config as { readonly class_name?: unknown };
  return (
    className === 'Sequential' ||
    className === 'Functional' ||
    Object.values(config).some(holdsModel)
  );
}

/** The layer of a case. An option that Gradus does not have asks for nothing while it is off. */
export function layerOf(c: GoldenCase): Layer {
  const config = translateConfig(c.config);
  if (holdsModel(c.config)) {
    // A model can be made only where models are known: the layer is taken out of one.
    const layers = [{ class_name: c.className, config: c.config }];
    const around = fromKerasConfig({ class_name: 'Sequential', config: { name: 'case', layers } });
    return around.layers[0] as Layer;
  }
  for (;;) {
    try {
      return fromConfig({ className: c.className ?? '', config: config as never });
    } catch (error) {
      const isOption = error instanceof NameError && error.code === 'layer/unknown-option';
      const option = isOption
        ? Object.keys(config).find(
            (key) => config[key] === false && error.message.includes(`'${key}'.`),
          )
        : undefined;
      if (option === undefined) throw error;
      delete config[option];
    }
  }
}

/** Names of our parameters in the order of Keras' weights: by name where all names are Keras', else by position. */
function namesFor(
  c: LayerCase,
  specs: Readonly<Record<string, ParameterSpec>>,
  check: Comparison,
): readonly string[] {
  const ours = Object.keys(specs).filter((name) => specs[name]?.isState !== true);
  check.equal('number of weights', ours.length, c.weights.length);
  const theirs = c.weights.map(({ name }) => camelCase(name));
  return theirs.every((name) => ours.includes(name)) ? theirs : ours;
}

/** What a call says beside its inputs: arguments under their names in Python, in our spelling. */
function optionsOf(callArgs: Readonly<Record<string, unknown>> = {}): CallOptions<Tensor> {
  return Object.fromEntries(
    Object.entries(callArgs).map(([name, value]) => [camelCase(name), readTree(value)]),
  );
}

/** The masks of a call: those that ride on the inputs, and those that its options hold. */
function masksOf(c: LayerCase, layer: Layer, options: CallOptions<Tensor>): CallMasks {
  const riding = c.inputs.map((_, i) => {
    const given = c.inputMasks?.[i] ?? null;
    return given === null ? null : readTensor(given);
  });
  return masksOfCall(layer, riding, options);
}

/** Shapes as they stand in a file, in whatever nesting, as a list. */
function shapesIn(value: unknown): SymbolicShape[] {
  if (!Array.isArray(value)) return [];
  return value.some(Array.isArray) ? value.flatMap(shapesIn) : [value as SymbolicShape];
}

/** kinds `layer` and `layerMask`: outputs, gradients, changed weights, penalties and masks of one call. */
export function runLayer(golden: GoldenCase, check: Comparison): void {
  const c = golden as LayerCase;
  const layer = layerOf(c);
  if (!['single', 'list', 'args', 'cell'].includes(c.inputsAs))
    throw new Unsupported(`inputs as ${c.inputsAs} are not supported yet`);
  const single = c.inputsAs === 'single';
  const inputs = c.inputs.map(readTensor);
  const shapes = inputs.map(({ shape }): SymbolicShape => [null, ...shape.slice(1)]);
  const shape = single ? (shapes[0] as SymbolicShape) : shapes;
  const specs = layer.build(c.buildShape ?? shape);
  const names = namesFor(c, specs, check);
  const params = Object.fromEntries(
    c.weights.map((weight, i) => [names[i] as string, readTensor(weight.tensor)]),
  );
  const options = optionsOf(c.callArgs);
  const masks = masksOf(c, layer, options);
  const context: CallContext = {
    training: c.training,
    key: (purpose = '') => foldIn(key(0), purpose),
    mask: masks.seen[0] ?? null,
    masks: masks.seen,
    callOptions: options,
  };
  const call = (list: readonly Tensor[], values: Readonly<Record<string, Tensor>>): LayerResult =>
    asLayerResult(layer.call(values, single ? (list[0] as Tensor) : list, context));
  const outputsOf = ({ output }: Pick<LayerResult, 'output'>): readonly Tensor[] =>
    output instanceof Tensor ? [output] : output;

  const result = check.run(
    ({ list, values }: { list: readonly Tensor[]; values: Readonly<Record<string, Tensor>> }) => {
      const { output, state, losses } = call(list, values);
      return { output, state, losses };
    },
    { list: inputs, values: params },
  );
  const outputs = outputsOf(result);
  check.equal('number of outputs', outputs.length, c.outputs.length);
  outputs.forEach((y, i) =>
    check.tensor(`output ${i}`, y, c.outputs[i], toleranceOf(c, 'outputs')),
  );
  // Keras announces these shapes without knowing what the call says.
  if (Array.isArray(c.symbolicOutputShape))
    checkShapes(layer.outputShape(shape), c.symbolicOutputShape, check);
  if (c.gradients !== undefined)
    checkGradients(
      c,
      { inputs, params, names, call: (list, values) => outputsOf(call(list, values)) },
      check,
    );
  c.weightsAfter?.forEach((want, i) => {
    const name = names[i] as string;
    if (want !== null)
      check.tensor(
        `${name} afterwards`,
        result.state[name] ?? params[name],
        want,
        toleranceOf(c, 'weightsAfter'),
      );
  });
  if (c.losses !== undefined) {
    const penalties = names.flatMap((name) => {
      const regularizer = specs[name]?.regularizer;
      return regularizer ? [regularizer(params[name] as Tensor)] : [];
    });
    const losses = [...result.losses, ...penalties];
    check.equal('number of losses', losses.length, c.losses.length);
    losses.forEach((loss, i) =>
      check.tensor(`loss ${i}`, loss, c.losses?.[i], toleranceOf(c, 'losses')),
    );
  }
  if (c.outputMasks !== undefined) {
    const mask: Mask | readonly Mask[] = layer.computeMask(
      single ? (inputs[0] as Tensor) : inputs,
      single ? (masks.passedOn[0] ?? null) : masks.passedOn,
      options,
    );
    const found = mask === null || mask instanceof Tensor ? [mask] : mask;
    c.outputMasks.forEach((want, i) =>
      check.tensor(`output mask ${i}`, found[i] ?? null, want, { rtol: 0, atol: 0 }),
    );
  }
}

/** Keras' announced shapes. For some layers it announces one although it gives several; then the first counts. */
function checkShapes(
  got: SymbolicShape | readonly SymbolicShape[],
  want: readonly unknown[],
  check: Comparison,
): void {
  const [found, wanted] = [shapesIn(got), shapesIn(want)];
  const compared = wanted.length === 1 ? found.slice(0, 1) : found;
  check.equal('symbolic output shape', compared, wanted);
}

interface Called {
  readonly inputs: readonly Tensor[];
  readonly params: Readonly<Record<string, Tensor>>;
  readonly names: readonly string[];
  call(inputs: readonly Tensor[], params: Readonly<Record<string, Tensor>>): readonly Tensor[];
}

function checkGradients(
  c: LayerCase,
  { inputs, params, names, call }: Called,
  check: Comparison,
): void {
  const floats = inputs.filter(({ dtype }) => isFloat(dtype));
  const trained = names.filter((_, i) => c.weights[i]?.trainable === true);
  const weighted = (variables: readonly Tensor[]): Tensor => {
    const queue = [...variables];
    const list = inputs.map((x) => (isFloat(x.dtype) ? (queue.shift() as Tensor) : x));
    const values = {
      ...params,
      ...Object.fromEntries(trained.map((name) => [name, queue.shift() as Tensor])),
    };
    return call(list, values)
      .flatMap((y, i) =>
        c.cotangents?.[i] ? [y.mul(readTensor(c.cotangents[i] as Saved)).sum()] : [],
      )
      .reduce((sum, term) => sum.add(term), tensor(0));
  };
  const found = [
    ...check.run(
      (variables: readonly Tensor[]) => grad(weighted)([...variables]),
      [...floats, ...trained.map((name) => params[name] as Tensor)],
    ),
  ];
  const near = toleranceOf(c, 'gradients');
  inputs.forEach((x, i) => {
    const gradient = isFloat(x.dtype) ? found.shift() : null;
    if (c.gradients?.inputs[i])
      check.tensor(`gradient of input ${i}`, gradient, c.gradients.inputs[i], near);
  });
  names.forEach((name, i) => {
    if (c.weights[i]?.trainable === true)
      check.tensor(`gradient of ${name}`, found.shift(), c.gradients?.weights[i], near);
  });
}

interface CallsCase extends LayerCase {
  readonly calls: readonly {
    readonly inputs: readonly Saved[];
    readonly outputs: readonly Saved[];
    readonly resetBefore?: boolean;
  }[];
}

/** kind `layerCalls`: one layer that remembers, called again and again. */
export function runLayerCalls(golden: GoldenCase, check: Comparison): void {
  const c = golden as CallsCase;
  const layer = layerOf(c);
  const single = c.inputsAs === 'single';
  const shapes = (c.calls[0]?.inputs ?? []).map(({ shape }) => shape);
  const specs = layer.build(single ? (shapes[0] as SymbolicShape) : shapes);
  const names = namesFor(c, specs, check);
  const weights = Object.fromEntries(
    c.weights.map((weight, i) => [names[i] as string, readTensor(weight.tensor)]),
  );
  const fresh = Object.fromEntries(
    Object.entries(specs).flatMap(([name, { shape, dtype, initializer, isState }]) =>
      isState === true ? [[name, initializer(shape, dtype ?? 'float32', key(0))]] : [],
    ),
  );
  const callOptions = optionsOf(c.callArgs);
  let remembered = fresh;
  c.calls.forEach((call, number) => {
    if (call.resetBefore === true) remembered = fresh;
    const inputs = call.inputs.map(readTensor);
    const { seen } = masksOfCall(
      layer,
      inputs.map(() => null),
      callOptions,
    );
    const { output, state } = asLayerResult(
      layer.call({ ...weights, ...remembered }, single ? (inputs[0] as Tensor) : inputs, {
        training: c.training,
        key: (purpose = '') => foldIn(key(0), purpose),
        mask: seen[0] ?? null,
        masks: seen,
        callOptions,
      }),
    );
    remembered = { ...remembered, ...state };
    const outputs = output instanceof Tensor ? [output] : output;
    check.equal(`number of outputs of call ${number}`, outputs.length, call.outputs.length);
    outputs.forEach((y, i) =>
      check.tensor(`call ${number}, output ${i}`, y, call.outputs[i], toleranceOf(c, 'outputs')),
    );
  });
}
