import type { Layer, SymbolicShape } from '@gradus/layers';
import { FormatError } from '@gradus/tensor';
import { Functional } from '../functional.js';
import { Sequential } from '../sequential.js';
import type { FromKerasOptions } from './from-keras-layer.js';
import { fromKerasLayer, isModelClass } from './from-keras-layer.js';
import { isKerasObject, isRecord } from './keras-object.js';
import type { KerasLayer } from './keras-graph.js';
import { graphOf, inputOf } from './keras-graph.js';
import { dtypeName } from './translate-config.js';
import { UnsupportedKerasError } from './unsupported-keras-error.js';

/**
 * A model from what Keras' `serialize_keras_object(model)` writes, which is also the `config.json` of a `.keras` file.
 * Names of models and layers stay.
 *
 * @throws UnsupportedKerasError for a layer or option that Gradus does not have; FormatError for damaged graphs.
 * @example
 * fromKerasConfig({ class_name: 'Sequential', config: { name: 'm', layers: [] } }).name; // => 'm'
 */
export function fromKerasConfig(
  serialized: unknown,
  options: FromKerasOptions = {},
): Sequential | Functional {
  if (!isKerasObject(serialized) || !isRecord(serialized.config))
    throw new FormatError('keras/model', 'This is not the config of a Keras model.', {
      got: typeof serialized,
      expected: '{ class_name, config } of a Sequential or Functional model',
    });
  if (!isModelClass(serialized.class_name))
    throw new UnsupportedKerasError(
      serialized.registered_name ?? serialized.class_name,
      'as a model; Sequential and Functional are',
    );
  const { config } = serialized;
  const dtype = dtypeName(config['dtype']);
  if (dtype !== 'float32')
    throw new UnsupportedKerasError(serialized.class_name, `dtype ${dtype} (numbers are float32)`);
  const name = config['name'] as string | undefined;
  const common = {
    ...(name === undefined ? {} : { name }),
    trainable: config['trainable'] !== false,
  };
  const makeLayer = (layer: KerasLayer): Layer =>
    isModelClass(layer.class_name)
      ? (fromKerasConfig(layer, options) as unknown as Layer)
      : fromKerasLayer(layer, { ...options, makeModel: makeLayer });
  if (serialized.class_name !== 'Sequential')
    return new Functional({ ...common, ...graphOf(config, makeLayer) });
  const layers = ((config['layers'] ?? []) as readonly KerasLayer[]).map((layer) =>
    layer.class_name === 'InputLayer'
      ? inputOf(layer.config as Record<string, unknown>)
      : makeLayer(layer),
  );
  const made = new Sequential(layers, common);
  const built = config['build_input_shape'] as SymbolicShape | null | undefined;
  if (!made.isBuilt && built !== null && built !== undefined) made.build(built);
  return made;
}
