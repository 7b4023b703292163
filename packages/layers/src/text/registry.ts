import { NameError, nearestName } from '@gradus/tensor';
import type { Serialized } from '../serialized.js';
import * as builtIn from './built-in-text-layers.js';
import type { TextLayer } from './text-layer.js';

/** A factory whose options come from a file. */
export interface TextLayerMaker {
  (options: never): TextLayer<never, unknown>;
  readonly className: string;
}

/** Class names of text layers, and what makes them. */
export const textLayerRegistry: ReadonlyMap<string, TextLayerMaker> = new Map(
  (Object.values(builtIn) as readonly TextLayerMaker[]).map((make) => [make.className, make]),
);

/**
 * The text layer that `{ className, config }` describes: what `getConfig` wrote.
 *
 * @throws NameError for a class that is not known.
 * @example
 * textLayerFromConfig({ className: 'Hashing', config: { numBins: 3 } }).options.numBins; // => 3
 */
export function textLayerFromConfig({ className, config }: Serialized): TextLayer<never, unknown> {
  const make = textLayerRegistry.get(className);
  if (make !== undefined) return make(config as never);
  const known = [...textLayerRegistry.keys()];
  const nearest = nearestName(className, known);
  throw new NameError('layer/unknown', `There is no text layer class called '${className}'.`, {
    got: `'${className}'`,
    expected: `one of ${known.join(', ')}`,
    fix: nearest === undefined ? 'use one of them' : `did you mean '${nearest}'?`,
  });
}
