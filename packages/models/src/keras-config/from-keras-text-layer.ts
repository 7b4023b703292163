import type { TextLayer } from '@gradus/layers';
import { textLayerFromConfig, textLayerRegistry } from '@gradus/layers';
import { isKerasObject, isRecord } from './keras-object.js';
import { supported, translateConfig } from './translate-config.js';
import { UnsupportedKerasError } from './unsupported-keras-error.js';

/** What says how Keras stores text and tables; it changes no number here. */
const meaningless = ['dtype', 'trainable', 'oov_method'];

/** True for the classes that work on text, which run before a model and not inside it. */
export function isTextLayerClass(className: string): boolean {
  return textLayerRegistry.has(className);
}

/**
 * A text layer that Keras wrote, such as a `TextVectorization` with its vocabulary. It is no part of a model here: call
 * it on the texts, and give the model what comes out.
 *
 * @throws UnsupportedKerasError for another class, for Python functions and for options that Gradus does not have.
 * @example
 * fromKerasTextLayer({ class_name: 'Hashing', config: { num_bins: 3 } })(['A']).toArray(); // => [1]
 */
export function fromKerasTextLayer(value: unknown): TextLayer<never, unknown> {
  if (!isKerasObject(value) || !isRecord(value.config))
    throw new UnsupportedKerasError(
      JSON.stringify(value) ?? 'undefined',
      'this is no serialized text layer',
    );
  const { class_name: className } = value;
  if (!isTextLayerClass(className))
    throw new UnsupportedKerasError(className, 'it is no layer that works on text');
  const given = Object.fromEntries(
    Object.entries(value.config).filter(([key]) => !meaningless.includes(key)),
  );
  const config = translateConfig(className, given, (object, key) => {
    throw new UnsupportedKerasError(className, `${key} is an object of class ${object.class_name}`);
  });
  return supported(className, () => textLayerFromConfig({ className, config: config as never }));
}
