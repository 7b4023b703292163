import type { CallOptions, Layer, SymbolicShape, SymbolicTensor } from '@gradus/layers';
import { input } from '@gradus/layers';
import type { DType } from '@gradus/tensor';
import { FormatError } from '@gradus/tensor';
import type { Symbols } from '../graph.js';
import { flattenSymbols, isModel } from '../graph.js';
import type { KerasCall, TensorHistory } from './keras-call.js';
import { historiesIn, readCall } from './keras-call.js';
import type { KerasObject } from './keras-object.js';
import { applyOperation, isKnownOperation, isOperation } from './keras-operation.js';
import { isRecord } from './keras-object.js';
import { dtypeName } from './translate-config.js';
import { UnsupportedKerasError } from './unsupported-keras-error.js';

/** A layer in a model's config, with the calls that it took part in. */
export interface KerasLayer extends KerasObject {
  readonly name?: string;
  readonly inbound_nodes?: readonly unknown[];
}

/** One use of an operation on tensors, which is no layer in Keras. */
interface OperationCall extends Omit<KerasCall, 'layer'> {
  readonly operation: KerasObject;
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
  const lookUp = ([name, node, index]: TensorHistory): SymbolicTensor | undefined =>
    results.get(`${name}/${node}`)?.[index];
  const find = (history: TensorHistory): SymbolicTensor => lookUp(history) ?? missing(history[0]);
  const functional = new Set<string>();
  // In the lists of inputs and outputs Keras counts the graph of a functional model inside as its call 0.
  const findEnd = ([name, node, index]: TensorHistory): SymbolicTensor =>
    find([name, functional.has(name) && node > 0 ? node - 1 : node, index]);
  let waiting: (KerasCall | OperationCall)[] = [];
  for (const serialized of config['layers'] as readonly KerasLayer[]) {
    const name = serialized.name ?? (serialized.config as { name: string }).name;
    if (serialized.class_name === 'InputLayer') {
      results.set(`${name}/0`, [inputOf(serialized.config as Record<string, unknown>)]);
      continue;
    }
    const made =
      isOperation(serialized) && isKnownOperation(serialized.class_name)
        ? { operation: serialized }
        : { layer: makeLayer(serialized) };
    if (['Functional', 'Model'].includes(serialized.class_name)) functional.add(name);
    (serialized.inbound_nodes ?? []).forEach((given, node) => {
      if (!isRecord(given))
        throw new UnsupportedKerasError(serialized.class_name, 'a graph in the form of Keras 2');
      waiting.push({
        name,
        ...made,
        node,
        args: (given['args'] ?? []) as unknown[],
        kwargs: (given['kwargs'] ?? {}) as Record<string, unknown>,
      });
    });
  }
  // A shared layer is listed once, before some of its inputs exist; so calls wait until they can be made.
  while (waiting.length > 0) {
    const later: (KerasCall | OperationCall)[] = [];
    // Uses of one layer keep their order, in which they are numbered.
    const behind = new Set<string>();
    for (const call of waiting) {
      if (
        behind.has(call.name) ||
        historiesIn([call.args, Object.values(call.kwargs)]).some(
          (history) => lookUp(history) === undefined,
        )
      ) {
        later.push(call);
        behind.add(call.name);
        continue;
      }
      if ('operation' in call) {
        const outputs = applyOperation(call.operation, call.args, call.kwargs, find);
        results.set(`${call.name}/${call.node}`, outputs);
        continue;
      }
      const { x, options } = readCall(call, find);
      const { layer } = call;
      const outputs = isModel(layer)
        ? (layer as unknown as { apply(x: Symbols, options: CallOptions): Symbols }).apply(
            x,
            options,
          )
        : layer(x as SymbolicTensor, options);
      results.set(`${call.name}/${call.node}`, flattenSymbols(outputs).list);
    }
    if (later.length === waiting.length) missing(later[0]?.name ?? '');
    waiting = later;
  }
  const read = (value: unknown): Symbols => {
    if (isRecord(value))
      return Object.fromEntries(
        Object.entries(value).map(([name, history]) => [name, findEnd(history as TensorHistory)]),
      );
    const list = value as readonly unknown[];
    return typeof list[0] === 'string'
      ? findEnd(list as unknown as TensorHistory)
      : list.map((item) => findEnd(item as TensorHistory));
  };
  return { inputs: read(config['input_layers']), outputs: read(config['output_layers']) };
}

function missing(name: string): never {
  throw new FormatError('keras/graph', 'The Keras config refers to tensors that nothing makes.', {
    got: `layer "${name}"`,
    expected: 'inputs made by the layers of the config',
  });
}
