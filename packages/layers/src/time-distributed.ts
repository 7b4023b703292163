import type { Tensor } from '@gradus/tensor';
import { ValueError, arange, foldIn, scan, transpose } from '@gradus/tensor';
import type { CallContext, Layer, LayerFactory, LayerOptions, ParameterSpec } from './layer.js';
import { defineLayer } from './layer.js';
import { layerLabel } from './layer-errors.js';
import type { LayerResult } from './layer-result.js';
import { layerResult } from './layer-result.js';
import { callNested, nestedSpecs } from './nested-layer.js';
import { stepShapeOf } from './step-shape.js';
import type { SymbolicShape } from './symbolic.js';

/** Options of {@link timeDistributed}. */
export interface TimeDistributedOptions extends LayerOptions {
  /** What happens to each step. */
  readonly layer: Layer;
}

interface TimeDistributedConfig {
  readonly layer: Layer;
}

/** Batch and steps exchanged. */
function swap(x: Tensor): Tensor {
  return transpose(x, [1, 0, ...x.shape.slice(2).map((_, i) => i + 2)]);
}

/** What goes from step to step: all that no optimizer changes. */
interface Remembered {
  readonly [name: string]: Tensor;
}

interface Step {
  readonly x: Tensor;
  readonly index: Tensor;
  /** Absent without a mask. */
  readonly mask: readonly Tensor[];
  readonly [key: string]: Tensor | readonly Tensor[];
}

/**
 * Does the same to every step of a sequence `[batch, steps, ...]`: an image layer to each frame of a film. Steps are worked
 * on one after the other, so what a layer remembers, such as running means, goes from step to step.
 *
 * @throws ShapeError for inputs without steps, ValueError for something that is no layer with one output.
 * @example
 * timeDistributed({ layer: conv2d({ filters: 4, kernelSize: 3 }) }).outputShape([null, 10, 28, 28, 1]); // => [null, 10, 26, 26, 4]
 */
export const timeDistributed: LayerFactory<readonly [options: TimeDistributedOptions]> =
  defineLayer({
    className: 'TimeDistributed',
    supportsMask: true,
    resolve(options: TimeDistributedOptions): TimeDistributedConfig {
      const { layer } = options;
      if (typeof layer !== 'function' || !('outputShape' in layer))
        throw new ValueError(
          'time-distributed/layer',
          `${layerLabel('TimeDistributed', options)} takes a layer.`,
          {
            got: String(layer),
            expected: 'a layer for one step',
            fix: 'timeDistributed({ layer: dense({ units: 8 }) })',
          },
        );
      return { layer };
    },
    build(options, shape): Record<string, ParameterSpec | null> {
      const { layer } = options;
      const step = stepShapeOf(layerLabel('TimeDistributed', options), shape);
      return nestedSpecs('layer', layer.build(step), layer);
    },
    call(params, x, { layer }, context) {
      const { mask = null } = context;
      const inputs = swap(x);
      const steps: Step = {
        x: inputs,
        index: arange(inputs.shape[0] as number).cast('int32'),
        mask: mask === null ? [] : [swap(mask)],
      };
      const run = (remembered: Remembered, step: Step): LayerResult => {
        const stepMask = step.mask[0] ?? null;
        const inner: CallContext = {
          ...context,
          key: (purpose) => foldIn(context.key(purpose), step.index),
          mask: stepMask,
          masks: [stepMask],
        };
        return callNested('layer', layer, { ...params, ...remembered }, step.x, inner);
      };
      const specs = nestedSpecs('layer', layer.build(inputs.shape.slice(1)), layer);
      const start = Object.fromEntries(
        Object.entries(specs).flatMap(([name, spec]) =>
          spec?.trainable === false ? [[name, params[name] as Tensor]] : [],
        ),
      );
      const [state, outputs] = scan(
        (remembered: Remembered, step: Step): [Remembered, Tensor] => {
          const result = run(remembered, step);
          return [{ ...remembered, ...result.state }, result.output as Tensor];
        },
        start,
        steps,
      );
      return layerResult({ output: swap(outputs), state });
    },
    outputShape(options, shape) {
      const step = stepShapeOf(layerLabel('TimeDistributed', options), shape);
      const made: SymbolicShape | readonly SymbolicShape[] = options.layer.outputShape(step);
      if (Array.isArray(made[0]))
        throw new ValueError(
          'time-distributed/outputs',
          `${layerLabel('TimeDistributed', options)} takes a layer with one output.`,
          {
            got: `${options.layer.className} with ${made.length} outputs`,
            expected: 'one output',
            fix: 'leave returnState out',
          },
        );
      const [, ...rest] = made as SymbolicShape;
      return [shape[0] ?? null, shape[1] ?? null, ...rest];
    },
  });
