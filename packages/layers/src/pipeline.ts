import type { Tensor } from '@gradus/tensor';
import { ValueError } from '@gradus/tensor';
import type { Layer, LayerFactory, LayerOptions, Mask, ParameterSpec } from './layer.js';
import { defineLayer } from './layer.js';
import { layerLabel } from './layer-errors.js';
import { layerResult } from './layer-result.js';
import { callNested, nestedSpecs } from './nested-layer.js';
import type { SymbolicShape } from './symbolic.js';

/** Options of {@link pipeline}. */
export interface PipelineOptions extends LayerOptions {
  /** What happens one after the other. */
  readonly layers: readonly Layer[];
}

interface PipelineConfig {
  readonly layers: readonly Layer[];
}

/**
 * Several layers as one, each behind the other: for preparing images, with one name for all steps.
 *
 * @throws ValueError for something that is no list of layers, and what each layer throws.
 * @example
 * const prepare = pipeline({ layers: [rescaling({ scale: 1 / 255 }), centerCrop({ height: 24, width: 24 })] });
 * prepare.outputShape([null, 32, 32, 3]); // => [null, 24, 24, 3]
 */
export const pipeline: LayerFactory<readonly [options: PipelineOptions]> = defineLayer({
  className: 'Pipeline',
  // A mask goes on as far as each layer lets it; inside, so that what comes out has none.
  supportsMask: true,
  computeMask: () => null,
  outputDType: ({ layers }, inputDType) =>
    layers.reduce((dtype, layer) => layer.outputDType(dtype), inputDType),
  resolve(options: PipelineOptions): PipelineConfig {
    const { layers } = options;
    if (!Array.isArray(layers) || !layers.every((layer) => typeof layer === 'function'))
      throw new ValueError('pipeline/layers', `${layerLabel('Pipeline', options)} takes layers.`, {
        got: `layers: ${Array.isArray(layers) ? 'a list with something else' : typeof layers}`,
        expected: 'a list of layers',
        fix: 'pipeline({ layers: [rescaling({ scale: 1 / 255 }), randomFlip()] })',
      });
    return { layers };
  },
  build({ layers }, inputShape): Record<string, ParameterSpec | null> {
    const shapes: SymbolicShape[] = [inputShape];
    const specs = layers.map((layer, i) => {
      const shape = shapes[i] as SymbolicShape;
      const own = nestedSpecs(`layers/${i}`, layer.build(shape), layer);
      shapes.push(layer.outputShape(shape));
      return own;
    });
    return Object.assign({}, ...specs) as Record<string, ParameterSpec | null>;
  },
  call(params, x, { layers }, context) {
    let output = x;
    let mask: Mask = context.mask ?? null;
    const state: Record<string, Tensor> = {};
    const losses: Tensor[] = [];
    layers.forEach((layer, i) => {
      const inner = { ...context, mask, masks: [mask] };
      const result = callNested(`layers/${i}`, layer, params, output, inner);
      mask = layer.computeMask(output, mask);
      output = result.output as Tensor;
      Object.assign(state, result.state);
      losses.push(...result.losses);
    });
    return layerResult({ output, state, losses });
  },
  outputShape: ({ layers }, inputShape) =>
    layers.reduce((shape, layer) => layer.outputShape(shape), inputShape),
});
