import type {
  CallOptions,
  JsonValue,
  Layer,
  SymbolicResult,
  SymbolicShape,
  SymbolicTensor,
} from '@gradus/layers';
import { fromConfig, input, isAnyTensor } from '@gradus/layers';
import type { DType } from '@gradus/tensor';
import { FormatError } from '@gradus/tensor';
import type { Form, Graph, PlacedVariable, Symbols } from './graph.js';
import { flattenSymbols, inForm, isModel } from './graph.js';

/** A layer as plain data. A model inside a model holds its own config. */
export interface LayerConfig {
  readonly name: string | null;
  readonly className: string;
  readonly config: unknown;
}

export interface InputConfig {
  readonly shape: SymbolicShape;
  readonly dtype: DType;
  readonly name: string | null;
}

interface CommonModelConfig {
  readonly name: string;
  readonly seed: number | string;
  readonly trainable: boolean;
}

export interface SequentialConfig extends CommonModelConfig {
  readonly kind: 'Sequential';
  readonly input: InputConfig | null;
  readonly layers: readonly LayerConfig[];
}

/** A tensor of a graph: input number, or call number and output number. */
export type TensorReference = readonly ['input', number] | readonly ['call', number, number];

/** A value of a call option: plain data, a tensor of the graph, or a list of them. */
export type OptionConfig =
  | null
  | boolean
  | { readonly tensor: TensorReference }
  | readonly OptionConfig[];

export interface GraphConfig {
  readonly inputs: readonly InputConfig[];
  readonly inputForm: Form;
  readonly outputForm: Form;
  readonly layers: readonly LayerConfig[];
  readonly calls: readonly {
    readonly layer: number;
    readonly inputs: readonly TensorReference[];
    readonly as: 'single' | 'list';
    /** What the call says beside its inputs; absent when nothing. */
    readonly options?: { readonly [name: string]: OptionConfig };
  }[];
  readonly outputs: readonly TensorReference[];
}

export interface FunctionalConfig extends CommonModelConfig, GraphConfig {
  readonly kind: 'Functional';
}

export type ModelConfig = SequentialConfig | FunctionalConfig;

/** A layer as plain data, with the name that it has in the model, so that paths stay the same. */
export function layerToConfig(layer: Layer, name: string | undefined): LayerConfig {
  return {
    name: layer.name ?? name ?? null,
    className: layer.className,
    config: layer.getConfig(),
  };
}

export function graphToConfig(graph: Graph): GraphConfig {
  const layers = [...graph.layerNames];
  const layerIndex = new Map(layers.map(([layer], i) => [layer, i]));
  const callIndex = new Map<object, number>(graph.calls.map((call, i) => [call, i]));
  const inputIndex = new Map<object, number>(graph.inputs.map(({ source }, i) => [source, i]));
  const reference = ({ source, index }: SymbolicTensor): TensorReference => {
    const at = inputIndex.get(source);
    return at === undefined ? ['call', callIndex.get(source) as number, index] : ['input', at];
  };
  const option = (value: unknown): OptionConfig => {
    if (Array.isArray(value)) return value.map(option);
    return isAnyTensor(value) ? { tensor: reference(value as SymbolicTensor) } : (value as boolean);
  };
  const optionsOf = (options: CallOptions): { options?: Record<string, OptionConfig> } => {
    const entries = Object.entries(options).map(([name, value]) => [name, option(value)] as const);
    return entries.length === 0 ? {} : { options: Object.fromEntries(entries) };
  };
  return {
    inputs: graph.inputs.map(({ shape, dtype, name }, i) => ({
      shape,
      dtype,
      name: name ?? graph.inputNames[i] ?? null,
    })),
    inputForm: graph.inputForm,
    outputForm: graph.outputForm,
    layers: layers.map(([layer, name]) => layerToConfig(layer, name)),
    calls: graph.calls.map((call) => ({
      layer: layerIndex.get(call.layer) as number,
      inputs: call.inputs.map(reference),
      as: call.inputsAs,
      ...optionsOf(call.options),
    })),
    outputs: graph.outputs.map(reference),
  };
}

/** The input of a config. */
export function inputFromConfig({ shape, dtype, name }: InputConfig): SymbolicTensor {
  return input({
    shape: shape.slice(1),
    dtype,
    batchSize: shape[0] ?? null,
    ...(name === null ? {} : { name }),
  });
}

/** How a model inside a model is made again; passed in, because models know configs and not the other way round. */
export type ModelMaker = (
  config: ModelConfig,
) => Layer & { apply(x: Symbols, options?: CallOptions): Symbols };

/** Options with the models in them made: those that stand inside a layer such as timeDistributed. */
function reviveModels(value: JsonValue, makeModel: ModelMaker): unknown {
  if (Array.isArray(value)) return value.map((item) => reviveModels(item as JsonValue, makeModel));
  if (typeof value !== 'object' || value === null) return value;
  const { className, config } = value as Readonly<Record<string, JsonValue>>;
  if (isModelName(className)) return makeModel(config as unknown as ModelConfig);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, reviveModels(item, makeModel)]),
  );
}

const isModelName = (className: unknown): boolean =>
  className === 'Sequential' || className === 'Functional';

/** A layer from its plain data. */
export function layerFromConfig(
  { name, className, config }: LayerConfig,
  makeModel: ModelMaker,
): Layer {
  if (isModelName(className)) return makeModel(config as ModelConfig);
  const options = reviveModels(config as JsonValue, makeModel) as {
    readonly [key: string]: JsonValue;
  };
  return fromConfig({ className, config: name === null ? options : { ...options, name } });
}

/** Inputs and outputs of a graph from its plain data. */
export function symbolsFromConfig(
  config: GraphConfig,
  makeModel: ModelMaker,
): { inputs: Symbols; outputs: Symbols } {
  const layers = config.layers.map((layer) => layerFromConfig(layer, makeModel));
  const inputs = config.inputs.map(inputFromConfig);
  const results: SymbolicTensor[][] = [];
  const find = ([kind, at, index]:
    | TensorReference
    | readonly ['call', number, number]): SymbolicTensor => {
    const found = kind === 'input' ? inputs[at] : results[at]?.[index as number];
    if (found === undefined)
      throw new FormatError(
        'model/graph',
        'The model file refers to a tensor that it does not hold.',
        {
          got: `${kind} ${at}`,
          expected: 'an input, or an earlier call',
          fix: 'the file was damaged or edited; use another copy',
        },
      );
    return found;
  };
  const readOption = (value: OptionConfig): unknown => {
    if (value === null || typeof value === 'boolean') return value;
    return 'tensor' in value
      ? find(value.tensor as ['call', number, number])
      : value.map(readOption);
  };
  for (const call of config.calls) {
    const layer = layers[call.layer] as Layer;
    const given = call.inputs.map((reference) => find(reference as ['call', number, number]));
    const x = call.as === 'single' ? (given[0] as SymbolicTensor) : given;
    const options = Object.fromEntries(
      Object.entries(call.options ?? {}).map(([name, value]) => [name, readOption(value)]),
    );
    const outputs: Symbols | SymbolicResult = isModel(layer)
      ? (layer as unknown as ReturnType<ModelMaker>).apply(x, options)
      : layer(x, options);
    results.push([...flattenSymbols(outputs).list]);
  }
  return {
    inputs: inForm(config.inputForm, inputs) as Symbols,
    outputs: inForm(
      config.outputForm,
      config.outputs.map((reference) => find(reference as ['call', number, number])),
    ) as Symbols,
  };
}

/** Variables in Keras' order: within each layer those that train come first. */
export function weightsOfConfig(placed: readonly PlacedVariable[]): PlacedVariable[] {
  const groups = new Map<string, PlacedVariable[]>();
  for (const entry of placed) {
    const layer = entry.path.slice(0, entry.path.lastIndexOf('/'));
    groups.set(layer, [...(groups.get(layer) ?? []), entry]);
  }
  return [...groups.values()].flatMap((group) => [
    ...group.filter(({ variable }) => variable.spec.trainable !== false),
    ...group.filter(({ variable }) => variable.spec.trainable === false),
  ]);
}
