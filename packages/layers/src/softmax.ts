import type { Tensor } from '@gradus/tensor';
import {
  ShapeError,
  ValueError,
  formatShape,
  logSumExp,
  softmax as normalise,
  where,
} from '@gradus/tensor';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { layerLabel } from './layer-errors.js';

/** Options of {@link softmax}. */
export interface SoftmaxOptions extends LayerOptions {
  /** The axis that adds up to 1, or several. Default -1, the last. */
  readonly axis?: number | readonly number[];
}

interface SoftmaxConfig {
  readonly axis: number | readonly number[];
}

function expectBroadcast(label: string, mask: Tensor, x: Tensor): void {
  const [a, b] = [[...mask.shape].reverse(), [...x.shape].reverse()];
  if (a.length <= b.length && a.every((length, i) => length === 1 || length === b[i])) return;
  throw new ShapeError('softmax/mask', `${label}: the mask does not fit the input.`, {
    got: `mask ${formatShape(mask.shape)}, input ${formatShape(x.shape)}`,
    expected: 'a mask whose lengths, from the last axis on, are those of the input or 1',
    fix: 'add an axis of length 1 at its end with expandDims',
  });
}

/**
 * Softmax as a layer: exp(x) / sum(exp(x)) along the axis. Places that a mask leaves out get exactly 0; where it leaves
 * out everything, all are 0.
 *
 * @throws ValueError for an impossible axis, ShapeError for a mask of another shape.
 * @example
 * softmax().call({}, tensor([[1, 1]]), context).toArray(); // => [[0.5, 0.5]]
 */
export const softmax: LayerFactory<readonly [options?: SoftmaxOptions]> = defineLayer({
  className: 'Softmax',
  outputDType: 'float32',
  supportsMask: true,
  resolve(options: SoftmaxOptions = {}): SoftmaxConfig {
    const { axis = -1 } = options;
    const axes = typeof axis === 'number' ? [axis] : axis;
    if (!Array.isArray(axes) || axes.length === 0 || !axes.every((n) => Number.isInteger(n)))
      throw new ValueError(
        'layer/option',
        `${layerLabel('Softmax', options)}: axis is impossible.`,
        {
          got: `axis: ${JSON.stringify(axis)}`,
          expected: 'the number of an axis, or a list of them',
          fix: 'for example axis: -1',
        },
      );
    return { axis };
  },
  call(_params, input, options, { mask = null }) {
    const axes = typeof options.axis === 'number' ? [options.axis] : options.axis;
    const keep = mask === null || mask.dtype === 'bool' ? mask : mask.greater(0.5);
    if (keep !== null) expectBroadcast(layerLabel('Softmax', options), keep, input);
    const x = keep === null ? input : where(keep, input, -1e9);
    const y =
      axes.length === 1
        ? normalise(x, { axis: axes[0] as number })
        : x.sub(logSumExp(x, { axis: axes, keepDims: true })).exp();
    return keep === null ? y : where(keep, y, 0);
  },
});
