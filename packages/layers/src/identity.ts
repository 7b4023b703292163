import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';

/**
 * Gives back what it gets: a place holder, or a name for a point in a model. Shape, dtype and mask stay.
 *
 * @example
 * identity().call({}, tensor([1, 2]), context).toArray(); // => [1, 2]
 */
export const identity: LayerFactory<readonly [options?: LayerOptions]> = defineLayer({
  className: 'Identity',
  supportsMask: true,
  call: (_params, x) => x,
});
