import { ValueError, full, matmul, stopGradient, where } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { truncatedNormal } from './initializers/random.js';
import type { AnyLayer, Layer, LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { expectLayer } from './expect-layer.js';
import { expectInteger, layerLabel } from './layer-errors.js';
import type { LayerResult } from './layer-result.js';
import { layerResult } from './layer-result.js';
import { callNested, nestedSpecs } from './nested-layer.js';
import { unitLength } from './unit-length.js';

/** Options of {@link spectralNormalization}. */
export interface SpectralNormalizationOptions extends LayerOptions {
  /** The layer whose kernel (or table of embeddings) is divided. */
  readonly layer: Layer;
  /** How often the estimate is improved in each step. Default 1. */
  readonly powerIterations?: number;
}

interface SpectralNormalizationConfig {
  readonly layer: AnyLayer;
  readonly powerIterations: number;
}

/** The name of what is divided, among the parameters of the inner layer. */
function kernelName(
  specs: Readonly<Record<string, unknown>>,
): 'layer/kernel' | 'layer/embeddings' | undefined {
  if (specs['layer/kernel']) return 'layer/kernel';
  return specs['layer/embeddings'] ? 'layer/embeddings' : undefined;
}

/** One vector as a row: `[1, n]` times `[n, m]`, with length 1. */
function along(row: Tensor, weights: Tensor, transposed: boolean): Tensor {
  return unitLength(matmul(row, weights, { transposeY: transposed }));
}

/**
 * Wraps a layer so that, in training, its kernel is divided by the largest factor by which it can stretch a vector. That
 * keeps the layer from changing faster than its input, which steadies the training of adversarial networks.
 *
 * kernel / σ with σ = v · W · uᵀ, where W is the kernel as a matrix `[..., outputs]` and u, v come from power iterations that
 * go on from step to step; u is the parameter vectorU `[1, outputs]`. A kernel of zeros stays. Outside of training the
 * kernel is used as it is, as in Keras. Input and output are those of the layer inside; no mask leaves it. (Keras turns the
 * output back to the dtype of the input, and so cuts rows of embeddings to whole numbers; here they stay.)
 *
 * @throws ValueError for impossible iterations, and for a layer that has neither kernel nor embeddings.
 * @example
 * Object.keys(spectralNormalization({ layer: dense({ units: 3 }) }).build([null, 5])); // => ['kernel', 'vectorU', 'layer/bias']
 *
 * Source: Miyato et al. 2018.
 */
export const spectralNormalization: LayerFactory<readonly [options: SpectralNormalizationOptions]> =
  defineLayer({
    className: 'SpectralNormalization',
    resolve(options: SpectralNormalizationOptions): SpectralNormalizationConfig {
      const { layer, powerIterations = 1 } = options;
      const label = layerLabel('SpectralNormalization', options);
      expectLayer(label, layer);
      expectInteger(label, 'powerIterations', powerIterations);
      return { layer, powerIterations };
    },
    build(options, inputShape) {
      const inner = nestedSpecs('layer', options.layer.build(inputShape), options.layer);
      const name = kernelName(inner);
      const kernel = name === undefined ? undefined : inner[name];
      if (name === undefined || !kernel)
        throw new ValueError(
          'layer/kernel',
          `${layerLabel('SpectralNormalization', options)} finds nothing to divide in its layer.`,
          {
            got: `a ${options.layer.className} layer`,
            expected: 'a layer with a kernel or with embeddings',
            fix: 'wrap a layer such as dense(), conv2d() or embedding()',
          },
        );
      const { [name]: _, ...others } = inner;
      return {
        // As in Keras it belongs to the wrapper, which changes it. Its penalty is for what the layer uses, so it is left to
        // the call.
        kernel: { ...kernel, regularizer: null },
        vectorU: {
          shape: [1, kernel.shape.at(-1) as number],
          initializer: truncatedNormal({ stddev: 0.02 }),
          trainable: false,
        },
        ...others,
      };
    },
    call(params, x, options, context) {
      const kernel = params['kernel'] as Tensor;
      const specs = nestedSpecs('layer', options.layer.build(x.shape));
      const name = kernelName(specs) as string;
      const regularizer = specs[name]?.regularizer ?? null;
      const inner = (used: Tensor): LayerResult => {
        const result = callNested('layer', options.layer, { ...params, [name]: used }, x, context);
        const penalty = regularizer === null ? [] : [regularizer(used)];
        return layerResult({ ...result, losses: [...result.losses, ...penalty] });
      };
      if (!context.training) return inner(kernel);
      const start = params['vectorU'] as Tensor;
      const weights = kernel.reshape([-1, kernel.shape.at(-1) as number]);
      let u = start;
      let v = u;
      for (let i = 0; i < options.powerIterations; i++) {
        v = along(u, weights, true);
        u = along(v, weights, false);
      }
      [u, v] = [stopGradient(u), stopGradient(v)];
      const sigma = matmul(matmul(v, weights), u, { transposeY: true }).reshape([]);
      const isZero = kernel.equal(0).all();
      // Where nothing is divided, the divisor is 1, not 0: a zero would reach the gradient through the side not chosen.
      const divided = kernel.div(where(isZero, full([], 1), sigma));
      const result = inner(divided);
      const vectorU = where(isZero, start, u);
      return layerResult({ ...result, state: { ...result.state, vectorU } });
    },
    outputShape: (options, inputShape) => options.layer.outputShape(inputShape),
  });
