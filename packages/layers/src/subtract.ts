import { elementwiseMerge } from './elementwise-merge.js';
import type { CommonConfig, LayerFactory, LayerOptions } from './layer.js';
import { defineMergeLayer } from './layer.js';
import { layerLabel } from './layer-errors.js';
import { expectTwo } from './merge-count.js';
import type { SymbolicShape } from './symbolic.js';

const merge = elementwiseMerge('Subtract', (inputs) => inputs.reduce((x, y) => x.sub(y)));

/**
 * The first of two inputs minus the second, number by number.
 *
 * @throws ShapeError when the inputs do not fit together, or are not two.
 * @example
 * subtract().outputShape([[null, 8], [null, 8]]); // => [null, 8]
 */
export const subtract: LayerFactory<readonly [options?: LayerOptions]> = defineMergeLayer({
  className: 'Subtract',
  ...merge,
  build(options: CommonConfig, shapes: readonly SymbolicShape[]) {
    expectTwo(layerLabel('Subtract', options), shapes);
    return merge.build(options, shapes);
  },
});
