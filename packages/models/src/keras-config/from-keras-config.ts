import type { JsonValue, Layer, SymbolicShape, SymbolicTensor } from '@gradus/layers';
import { fromConfig, input } from '@gradus/layers';
import type { DType } from '@gradus/tensor';
import { FormatError } from '@gradus/tensor';
import type { Symbols } from '../graph.js';
import { flattenSymbols } from '../graph.js';
import { Functional } from '../functional.js';
import type { Model } from '../model.js';
import { Sequential } from '../sequential.js';
import type { KerasObject } from './camel.js';
import { isKerasObject, translateConfig } from './camel.js';

interface KerasLayer extends KerasObject {
  readonly name?: string;
  readonly inbound_nodes?: readonly { readonly args: readonly unknown[]; readonly kwargs: unknown }[];
}

type History = readonly [name: string, node: number, tensor: number];

const isModelClass = (name: string): boolean => ['Sequential', 'Functional', 'Model'].includes(name);

function inputOf(config: Record<string, unknown>): SymbolicTensor {
  const shape = (config['batch_shape'] ?? config['batch_input_shape']) as SymbolicShape;
  const name = config['name'] as string | undefined;
  const dtype = String(config['dtype'] ?? 'float32');
  return input({
    shape: shape.slice(1),
    batchSize: shape[0] ?? null,
    dtype: (dtype.startsWith('int') ? 'int32' : dtype === 'bool' ? 'bool' : 'float32') as DType,
    ...(name === undefined ? {} : { name }),
  });
}

function layerOf(serialized: KerasObject): Layer {
  if (isModelClass(serialized.class_name)) return fromKerasConfig(serialized) as unknown as Layer;
  if (serialized.class_name === '__lambda__' || serialized.class_name === 'Lambda')
    throw new FormatError('keras/lambda', 'A Lambda layer holds Python code, which Gradus does not run.', {
      got: 'class_name Lambda',
      expected: 'layers made of options',
      fix: 'replace it with a registered layer, in Keras or here with defineLayer',
    });
  const config = translateConfig(serialized.config) as { readonly [key: string]: JsonValue };
  return fromConfig({ className: serialized.class_name, config });
}

/** Tensors that a node was called on, wherever they stand in its arguments. */
function historiesIn(value: unknown): History[] {
  if (Array.isArray(value)) return value.flatMap(historiesIn);
  if (!isKerasObject(value) || value.class_name !== '__keras_tensor__') return [];
  return [(value.config as { keras_history: History }).keras_history];
}

function functionalOf(config: Record<string, unknown>): { inputs: Symbols; outputs: Symbols } {
  const results = new Map<string, readonly SymbolicTensor[]>();
  const layers = config['layers'] as readonly KerasLayer[];
  const find = ([name, node, index]: History): SymbolicTensor | undefined => results.get(`${name}/${node}`)?.[index];
  const waiting: { name: string; layer: Layer; node: number; args: readonly unknown[] }[] = [];
  for (const serialized of layers) {
    const name = serialized.name ?? ((serialized.config as { name: string }).name);
    if (serialized.class_name === 'InputLayer') {
      results.set(`${name}/0`, [inputOf(serialized.config as Record<string, unknown>)]);
      continue;
    }
    const layer = layerOf(serialized);
    (serialized.inbound_nodes ?? []).forEach(({ args }, node) => waiting.push({ name, layer, node, args }));
  }
  // A shared layer is listed once, before some of its inputs exist; so calls wait until they can be made.
  while (waiting.length > 0) {
    const at = waiting.findIndex(({ args }) => historiesIn(args).every((history) => find(history) !== undefined));
    const ready = waiting.splice(Math.max(0, at), 1)[0];
    if (at < 0 || ready === undefined)
      throw new FormatError('keras/graph', 'The Keras config refers to tensors that nothing makes.', {
        got: `layer "${ready?.name ?? ''}"`,
        expected: 'inputs made by the layers of the config',
      });
    const given = historiesIn(ready.args).map((history) => find(history) as SymbolicTensor);
    const x = Array.isArray(ready.args[0]) || given.length > 1 ? given : (given[0] as SymbolicTensor);
    const callable = ready.layer as unknown as Model;
    const outputs = callable instanceof Functional || callable instanceof Sequential ? callable.apply(x) : ready.layer(x);
    results.set(`${ready.name}/${ready.node}`, flattenSymbols(outputs).list);
  }
  const read = (value: unknown): Symbols => {
    if (Array.isArray(value)) {
      if (typeof value[0] === 'string') return find(value as unknown as History) as SymbolicTensor;
      return value.map((item) => find(item as History) as SymbolicTensor);
    }
    return Object.fromEntries(
      Object.entries(value as Record<string, History>).map(([name, history]) => [name, find(history) as SymbolicTensor]),
    );
  };
  return { inputs: read(config['input_layers']), outputs: read(config['output_layers']) };
}

/**
 * A model from what Keras' `serialize_keras_object(model)` writes, which is also the `config.json` of a `.keras` file.
 *
 * @throws NameError for a layer class that is not known; FormatError for Lambda layers and damaged graphs.
 */
export function fromKerasConfig(serialized: unknown): Model {
  if (!isKerasObject(serialized) || !isModelClass(serialized.class_name))
    throw new FormatError('keras/model', 'This is not the config of a Keras model.', {
      got: isKerasObject(serialized) ? serialized.class_name : typeof serialized,
      expected: 'Sequential or Functional',
    });
  const config = serialized.config as Record<string, unknown>;
  const options = { name: config['name'] as string, trainable: (config['trainable'] as boolean | undefined) ?? true };
  if (serialized.class_name !== 'Sequential') return new Functional({ ...options, ...functionalOf(config) });
  const layers = (config['layers'] as readonly KerasLayer[]).map((layer) =>
    layer.class_name === 'InputLayer' ? inputOf(layer.config as Record<string, unknown>) : layerOf(layer),
  );
  const built = config['build_input_shape'] as SymbolicShape | null | undefined;
  const model = new Sequential(layers, options);
  if (!model.isBuilt && built !== null && built !== undefined) model.build(built);
  return model;
}
