import type { Layer, SymbolicShape, SymbolicTensor } from '@gradus/layers';
import { input } from '@gradus/layers';
import type { DType } from '@gradus/tensor';
import { FormatError } from '@gradus/tensor';
import type { Symbols } from '../graph.js';
import { flattenSymbols, isModel } from '../graph.js';
import type { KerasObject } from './keras-object.js';
import { isKerasObject, isRecord } from './keras-object.js';
import { dtypeName } from './translate-config.js';
import { UnsupportedKerasError } from './unsupported-keras-error.js';

/** A layer in a model's config, with the calls that it took part in. */
export interface KerasLayer extends KerasObject {
  readonly name?: string;
  readonly inbound_nodes?: readonly unknown[];
}

type History = readonly [name: string, node: number, tensor: number];

interface Waiting {
  readonly name: string;
  readonly layer: Layer;
  readonly node: number;
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
}

/** The input that an `InputLayer` stands for. */
export function inputOf(config: Readonly<Record<string, unknown>>): SymbolicTensor {
  const shape = (config['batch_shape'] ?? config['batch_input_shape']) as SymbolicShape;
  const name = config['name'] as string | undefined;
  const dtype = dtypeName(config['dtype']);
  if (config['sparse'] === true || config['ragged'] === true || dtype === 'string')
    throw new UnsupportedKerasError(
      'InputLayer',
      dtype === 'string' ? 'an input of text' : 'a sparse or ragged input',
    );
  return input({
    shape: shape.slice(1),
    batchSize: shape[0] ?? null,
    dtype: (/^u?int/.test(dtype) ? 'int32' : dtype === 'bool' ? 'bool' : 'float32') as DType,
    ...(name === undefined ? {} : { name }),
  });
}

/** Tensors that a call got, wherever they stand in its arguments. */
function historiesIn(value: unknown): History[] {
  if (Array.isArray(value)) return value.flatMap(historiesIn);
  if (isKerasObject(value))
    return value.class_name === '__keras_tensor__'
      ? [(value.config as { keras_history: History }).keras_history]
      : [];
  return isRecord(value) ? Object.values(value).flatMap(historiesIn) : [];
}

/** Arguments by name that are the input itself; others change what a layer does. */
const inputNames = new Set(['inputs', 'x', 'input']);

function checkArguments({ name, layer, args, kwargs }: Waiting): void {
  for (const [key, value] of Object.entries(kwargs)) {
    if (value === null || value === false || inputNames.has(key)) continue;
    throw new UnsupportedKerasError(layer.className, `layer "${name}" is called with ${key}`);
  }
  for (const value of args)
    if (value !== null && value !== false && historiesIn(value).length === 0)
      throw new UnsupportedKerasError(
        layer.className,
        `layer "${name}" is called with ${JSON.stringify(value)}`,
      );
}

/** What a call gets, in the form that the layer expects. */
function argumentOf(
  { layer, args, kwargs }: Waiting,
  find: (history: History) => SymbolicTensor,
): Symbols {
  const first = args[0] ?? Object.values(kwargs).find((value) => historiesIn(value).length > 0);
  if (isRecord(first) && !isKerasObject(first)) {
    const names = isModel(layer) ? layer.graph.inputNames : Object.keys(first);
    return names.map((name) => find(historiesIn(first[name])[0] as History));
  }
  const all = historiesIn([args, Object.values(kwargs)]).map(find);
  return Array.isArray(first) || all.length > 1 ? all : (all[0] as SymbolicTensor);
}

/**
 * Inputs and outputs of a functional model.
 *
 * @throws FormatError for a graph with missing parts; UnsupportedKerasError for a layer or a call that Gradus does not have.
 */
export function graphOf(
  config: Readonly<Record<string, unknown>>,
  makeLayer: (serialized: KerasLayer) => Layer,
): { readonly inputs: Symbols; readonly outputs: Symbols } {
  const results = new Map<string, readonly SymbolicTensor[]>();
  const lookUp = ([name, node, index]: History): SymbolicTensor | undefined =>
    results.get(`${name}/${node}`)?.[index];
  const find = (history: History): SymbolicTensor => lookUp(history) ?? missing(history[0]);
  let waiting: Waiting[] = [];
  for (const serialized of config['layers'] as readonly KerasLayer[]) {
    const name = serialized.name ?? (serialized.config as { name: string }).name;
    if (serialized.class_name === 'InputLayer') {
      results.set(`${name}/0`, [inputOf(serialized.config as Record<string, unknown>)]);
      continue;
    }
    const layer = makeLayer(serialized);
    (serialized.inbound_nodes ?? []).forEach((given, node) => {
      if (!isRecord(given))
        throw new UnsupportedKerasError(serialized.class_name, 'a graph in the form of Keras 2');
      waiting.push({
        name,
        layer,
        node,
        args: (given['args'] ?? []) as unknown[],
        kwargs: (given['kwargs'] ?? {}) as Record<string, unknown>,
      });
    });
  }
  // A shared layer is listed once, before some of its inputs exist; so calls wait until they can be made.
  while (waiting.length > 0) {
    const later: Waiting[] = [];
    for (const call of waiting) {
      if (
        historiesIn([call.args, Object.values(call.kwargs)]).some(
          (history) => lookUp(history) === undefined,
        )
      ) {
        later.push(call);
        continue;
      }
      checkArguments(call);
      const x = argumentOf(call, find);
      const { layer } = call;
      const outputs = isModel(layer)
        ? (layer as unknown as { apply(x: Symbols): Symbols }).apply(x)
        : layer(x as SymbolicTensor);
      results.set(`${call.name}/${call.node}`, flattenSymbols(outputs).list);
    }
    if (later.length === waiting.length) missing(later[0]?.name ?? '');
    waiting = later;
  }
  const read = (value: unknown): Symbols => {
    if (isRecord(value))
      return Object.fromEntries(
        Object.entries(value).map(([name, history]) => [name, find(history as History)]),
      );
    const list = value as readonly unknown[];
    return typeof list[0] === 'string'
      ? find(list as unknown as History)
      : list.map((item) => find(item as History));
  };
  return { inputs: read(config['input_layers']), outputs: read(config['output_layers']) };
}

function missing(name: string): never {
  throw new FormatError('keras/graph', 'The Keras config refers to tensors that nothing makes.', {
    got: `layer "${name}"`,
    expected: 'inputs made by the layers of the config',
  });
}
