import type { Layer, LayerMaker } from '@gradus/layers';
import { fromConfig, layerRegistry } from '@gradus/layers';
import type { KerasObject } from './keras-object.js';
import { isOperation } from './keras-operation.js';
import { isKerasObject } from './keras-object.js';
import {
  fromKerasActivation,
  fromKerasConstraint,
  fromKerasInitializer,
  fromKerasRegularizer,
} from './from-keras-parts.js';
import { isTextLayerClass } from './from-keras-text-layer.js';
import { pythonCode, supported, translateConfig } from './translate-config.js';
import { UnsupportedKerasError } from './unsupported-keras-error.js';

/** Options of what reads Keras' layers. */
export interface FromKerasOptions {
  /** Your own layers by Keras' class name or registered name, such as 'demo>Scale'. */
  readonly customObjects?: { readonly [name: string]: LayerMaker };
}

/** {@link FromKerasOptions}, and how a model that stands inside a layer is made. */
interface InnerOptions extends FromKerasOptions {
  readonly makeModel?: (model: KerasObject) => Layer;
}

/** True for the classes of models that a config describes whole. */
export const isModelClass = (name: string): boolean =>
  ['Sequential', 'Functional', 'Model'].includes(name);

function revive(options: InnerOptions) {
  return (object: KerasObject, key: string): unknown => {
    const from = `${object.module ?? ''}.`;
    if (from.includes('initializers.') || key.endsWith('initializer'))
      return fromKerasInitializer(object);
    if (from.includes('regularizers.') || key.endsWith('regularizer'))
      return fromKerasRegularizer(object);
    if (from.includes('constraints.') || key.endsWith('constraint'))
      return fromKerasConstraint(object);
    if (key.endsWith('activation')) return fromKerasActivation(object);
    return options.makeModel !== undefined && isModelClass(object.class_name)
      ? options.makeModel(object)
      : fromKerasLayer(object, options);
  };
}

/**
 * A layer that Keras wrote: `{ class_name, config }`, or the same with our `className`.
 *
 * @throws UnsupportedKerasError for a class or an option that Gradus does not have.
 * @example
 * fromKerasLayer({ class_name: 'Dense', config: { units: 3, use_bias: false } }).options.useBias; // => false
 */
export function fromKerasLayer(value: unknown, options: InnerOptions = {}): Layer {
  const object = isKerasObject(value) ? value : asKerasObject(value);
  const { class_name: className, registered_name: registered } = object;
  const custom =
    options.customObjects?.[registered ?? className] ?? options.customObjects?.[className];
  if (custom === undefined) {
    if (className === '__lambda__' || className === 'Lambda') throw pythonCode(className);
    const shown =
      registered !== null && registered !== undefined && registered.includes('>')
        ? registered
        : className;
    if (isTextLayerClass(className))
      throw new UnsupportedKerasError(
        className,
        'text has no place inside a model, since tensors hold numbers',
        'make it with fromKerasTextLayer, call it on the texts, and give the model what comes out',
      );
    if (!layerRegistry.has(className)) throw new UnsupportedKerasError(shown);
    if (isOperation(object))
      throw new UnsupportedKerasError(className, 'a tensor operation in the graph');
  }
  const config = translateConfig(className, object.config, revive(options));
  if (custom === undefined)
    return supported(className, () => fromConfig({ className, config: config as never }));
  // Seed, shape and so on are null where Keras has a default; so has Gradus.
  const { nullOptions = [] } = custom ?? layerRegistry.get(className) ?? {};
  const given = Object.fromEntries(
    Object.entries(config).filter(([key, item]) => item !== null || nullOptions.includes(key)),
  );
  return supported(className, () => custom(given as never) as Layer);
}

function asKerasObject(value: unknown): KerasObject {
  const { className, config } = (value ?? {}) as { className?: unknown; config?: unknown };
  if (typeof className !== 'string')
    throw new UnsupportedKerasError(
      JSON.stringify(value) ?? 'undefined',
      'this is no serialized layer',
    );
  return { class_name: className, config: config ?? {} };
}
