import { ValueError, relu } from '@gradus/tensor';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { expectLastAxis, formatSymbolic, knownLength, layerLabel } from './layer-errors.js';
import type { SymbolicShape } from './symbolic.js';
import type { WeightConfig, WeightOptions } from './weight-options.js';
import { resolveWeight, weightSpec } from './weight-options.js';

/** Options of {@link pReLU}. `alphaInitializer` is 'zeros' by default. */
export interface PReLUOptions extends LayerOptions, WeightOptions<'alpha'> {
  /** Axes along which one slope holds for all places, counted from 1: [1, 2] for images. Default null: none. */
  readonly sharedAxes?: readonly number[] | null;
}

interface PReLUConfig extends WeightConfig<'alpha'> {
  readonly sharedAxes: readonly number[] | null;
}

function alphaShape(
  label: string,
  sharedAxes: readonly number[],
  inputShape: SymbolicShape,
): readonly number[] {
  const wrong = sharedAxes.find((axis) => axis >= inputShape.length);
  if (wrong !== undefined)
    throw new ValueError(
      'prelu/shared-axes',
      `${label}: sharedAxes names an axis that is not there.`,
      {
        got: `axis ${wrong} of an input ${formatSymbolic(inputShape)}`,
        expected: `axes from 1 to ${inputShape.length - 1}`,
        fix: 'leave it out',
      },
    );
  return inputShape
    .slice(1)
    .map((_, i) => (sharedAxes.includes(i + 1) ? 1 : knownLength(label, inputShape, i + 1)));
}

/**
 * The rectifier whose slope below 0 is learned: x for x > 0, else alpha x. Alpha has the shape of a sample, with length 1 on
 * the shared axes.
 *
 * @throws ValueError for axes that do not exist, ShapeError when a length is not known.
 * @example
 * pReLU({ sharedAxes: [1, 2] }).build([null, 28, 28, 8]).alpha.shape; // => [1, 1, 8]
 *
 * Source: He et al. 2015.
 */
export const pReLU: LayerFactory<readonly [options?: PReLUOptions]> = defineLayer({
  className: 'PReLU',
  supportsMask: true,
  resolve(options: PReLUOptions = {}): PReLUConfig {
    const { sharedAxes = null } = options;
    if (
      sharedAxes !== null &&
      !(Array.isArray(sharedAxes) && sharedAxes.every((n) => Number.isInteger(n) && n >= 1))
    )
      throw new ValueError(
        'prelu/shared-axes',
        `${layerLabel('PReLU', options)}: sharedAxes is impossible.`,
        {
          got: `sharedAxes: ${JSON.stringify(sharedAxes)}`,
          expected: 'a list of axes from 1; the batch is axis 0 and always shared',
          fix: 'for images with channels last: sharedAxes: [1, 2]',
        },
      );
    return { ...resolveWeight('alpha', options, 'zeros'), sharedAxes };
  },
  build: (options, inputShape) => ({
    alpha: weightSpec(
      'alpha',
      options,
      alphaShape(layerLabel('PReLU', options), options.sharedAxes ?? [], inputShape),
    ),
  }),
  call({ alpha }, x, options) {
    const last = alpha.shape.at(-1) as number;
    if (last !== 1) expectLastAxis(layerLabel('PReLU', options), x.shape, last);
    return relu(x).sub(alpha.mul(relu(x.neg())));
  },
});
