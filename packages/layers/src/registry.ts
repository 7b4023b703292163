import { NameError, nearestName } from '@gradus/tensor';
import * as builtIn from './built-in-layers.js';
import type { AnyLayer, Layer } from './layer.js';
import type { Serialized } from './serialized.js';
import { isSerialized } from './serialized.js';

/** A factory whose options come from a file, so that their types are not known. */
export interface LayerMaker {
  (options: never): AnyLayer;
  readonly className: string;
  /** Options for which null says something else than their default. */
  readonly nullOptions?: readonly string[];
}

/** Class names of layers, and what makes them. Holds the built-in layers from the start. */
export const layerRegistry: Map<string, LayerMaker> = new Map(
  (Object.values(builtIn) as readonly LayerMaker[]).map((make) => [make.className, make]),
);

/**
 * Makes a class of your own known to files that use it.
 *
 * @throws NameError when another class has that name already.
 * @example
 * registerLayer(scale);
 */
export function registerLayer(make: LayerMaker): void {
  const known = layerRegistry.get(make.className);
  if (known !== undefined && known !== make)
    throw new NameError(
      'layer/taken',
      `There is already a layer class called '${make.className}'.`,
      {
        got: `'${make.className}'`,
        expected: 'a className of its own',
        fix: `for example 'My${make.className}'`,
      },
    );
  layerRegistry.set(make.className, make);
}

/** Options that hold objects of other kinds, whose class names may be those of layers too: 'Identity', 'Softmax'. */
const ofOtherKinds = /(initializer|regularizer|constraint|activation)$/i;

/** An option with the layers in it made: those inside a wrapper, the cells of a recurrent layer. */
function reviveLayers(option: string, value: unknown): unknown {
  if (ofOtherKinds.test(option)) return value;
  if (Array.isArray(value)) return value.map((item) => reviveLayers(option, item));
  return isSerialized(value) && layerRegistry.has(value.className) ? fromConfig(value) : value;
}

/**
 * The layer that `{ className, config }` describes. Options that are null are left to their defaults.
 *
 * @throws NameError for a class that nobody registered.
 * @example
 * fromConfig({ className: 'Dense', config: { units: 3 } }).outputShape([null, 8]); // => [null, 3]
 */
export function fromConfig({ className, config }: Serialized): Layer {
  const make = layerRegistry.get(className);
  if (make === undefined) {
    const known = [...layerRegistry.keys()];
    const nearest = nearestName(className, known);
    throw new NameError('layer/unknown', `There is no layer class called '${className}'.`, {
      got: `'${className}'`,
      expected: `one of ${known.sort().join(', ')}`,
      fix: `${nearest === undefined ? '' : `did you mean '${nearest}'? `}a class of your own must be made known first, with registerLayer(factory)`,
    });
  }
  const options = Object.fromEntries(
    Object.entries(config).flatMap(([option, value]) =>
      value === null && make.nullOptions?.includes(option) !== true
        ? []
        : [[option, reviveLayers(option, value)]],
    ),
  );
  // Of how many outputs a layer has, its type speaks only to those who wrote its options down.
  return make(options as never) as Layer;
}
