import { ShapeError, einsum, formatShape, sameShape } from '@gradus/tensor';
import { einsumShapes, expectLetters, parseEquation } from './einsum-equation.js';
import { expectNoAdapters } from './expect-no-adapters.js';
import { getInitializer } from './initializers/get-initializer.js';
import type { Initializer } from './initializers/initializer.js';
import type { KernelConfig, KernelOptions } from './kernel-options.js';
import { resolveKernel } from './kernel-options.js';
import type { LayerFactory } from './layer.js';
import { defineLayer } from './layer.js';
import { expectInteger, layerLabel } from './layer-errors.js';

/** Options of {@link einsumDense}. */
export interface EinsumDenseOptions extends Omit<KernelOptions, 'useBias'> {
  /** Which axes of input and kernel meet: `input,kernel->output`, with a letter for each axis; `...` for axes left alone. */
  readonly equation: string;
  /** Lengths of the output without the batch and without `...`; null for one that is as long as in the input. */
  readonly outputShape: number | readonly (number | null)[];
  /** The axes of the output that the bias has. Default null: no bias. */
  readonly biasAxes?: string | null;
}

interface EinsumDenseConfig extends Omit<KernelConfig, 'useBias'> {
  readonly equation: string;
  readonly outputShape: readonly (number | null)[];
  readonly biasAxes: string | null;
}

/** An initializer that counts connections, told which axes of the kernel are inputs and which are outputs. */
function withFans(
  initializer: Initializer,
  inputAxes: readonly number[],
  outputAxes: readonly number[],
): Initializer {
  const { className, config } = initializer;
  if (!('inputAxes' in config) || (config['inputAxes'] !== null && config['outputAxes'] !== null))
    return initializer;
  return getInitializer({ className, config: { ...config, inputAxes, outputAxes } });
}

/**
 * A dense layer over any axes: the equation says which of them it sums over. It makes, for example, the heads of an
 * attention, where one dense layer for each would be needed.
 *
 * y = activation(einsum(equation, x, kernel) + bias). The shape of the kernel follows from the equation; the bias has the
 * lengths of the biasAxes. No mask leaves it.
 *
 * @throws ValueError for an equation that makes no sense, ShapeError for an input that does not fit it.
 * @example
 * const heads = einsumDense({ equation: 'abc,cde->abde', outputShape: [null, 2, 3], biasAxes: 'de' });
 * heads.build([null, 4, 5]).kernel.shape; // => [5, 2, 3]
 */
export const einsumDense: LayerFactory<readonly [options: EinsumDenseOptions]> = defineLayer({
  className: 'EinsumDense',
  resolve(options: EinsumDenseOptions): EinsumDenseConfig {
    const { equation, outputShape, biasAxes = null } = options;
    const label = layerLabel('EinsumDense', options);
    expectNoAdapters(label, options);
    parseEquation(label, equation);
    expectLetters(label, equation, biasAxes);
    const lengths = Array.isArray(outputShape) ? outputShape : [outputShape];
    for (const length of lengths) if (length !== null) expectInteger(label, 'outputShape', length);
    const { useBias: _, ...kernel } = resolveKernel(options);
    return { equation, outputShape: lengths, biasAxes, ...kernel };
  },
  build(options, inputShape) {
    const { equation, biasAxes, outputShape } = options;
    const label = layerLabel('EinsumDense', options);
    const shapes = einsumShapes(label, equation, biasAxes, inputShape, outputShape);
    return {
      kernel: {
        shape: shapes.kernel,
        initializer: withFans(options.kernelInitializer, shapes.inputAxes, shapes.outputAxes),
        regularizer: options.kernelRegularizer,
        constraint: options.kernelConstraint,
      },
      bias:
        shapes.bias === null
          ? null
          : {
              shape: shapes.bias,
              initializer: options.biasInitializer,
              regularizer: options.biasRegularizer,
              constraint: options.biasConstraint,
            },
    };
  },
  call({ kernel, bias }, x, options) {
    const { equation, activation, biasAxes, outputShape } = options;
    const label = layerLabel('EinsumDense', options);
    const { kernel: wanted } = einsumShapes(label, equation, biasAxes, x.shape, outputShape);
    if (!sameShape(wanted, kernel.shape))
      throw new ShapeError('einsum/kernel', `${label} was built for inputs of other lengths.`, {
        got: `${formatShape(x.shape)}, which needs a kernel ${formatShape(wanted)}`,
        expected: `an input for the kernel ${formatShape(kernel.shape)} in '${equation}'`,
        fix: 'give it inputs of those lengths, or build the model for inputs like these',
      });
    const y = einsum(equation, x, kernel);
    return activation(bias === undefined ? y : y.add(bias));
  },
  outputShape: (options, inputShape) =>
    einsumShapes(
      layerLabel('EinsumDense', options),
      options.equation,
      options.biasAxes,
      inputShape,
      options.outputShape,
    ).output,
});
