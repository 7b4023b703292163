import type { Shape, Tensor } from '@gradus/tensor';
import { expectLossOptions } from './expect-loss-options.js';
import { alignRanks } from './align.js';

/**
 * How the values of the samples become one number.
 * `sumOverBatchSize` (and its synonym `mean`): sum divided by how many values there are; sample weights are not normalized.
 * `meanWithSampleWeight`: sum divided by the sum of the weights. `sum`: the sum. `none`: the values as they are.
 */
export type Reduction = 'sumOverBatchSize' | 'mean' | 'sum' | 'none' | 'meanWithSampleWeight';

/** Options that every loss takes. */
export interface LossOptions {
  /** Default `'sumOverBatchSize'`. */
  readonly reduction?: Reduction;
  /** Default: the camelCase name of the loss. */
  readonly name?: string;
}

/** What a loss computes: values per sample, the last axis reduced. */
export type LossFunction = (target: Tensor, prediction: Tensor) => Tensor;

/**
 * How wrong a prediction is. Calling it gives one value per sample (`[batch, ...]`, the class or feature axis reduced);
 * `computeLoss` turns them into the number that training lowers.
 */
export interface Loss extends LossFunction {
  /** Keras' class name, as in saved files. */
  readonly className: string;
  /** How a log would call it. */
  readonly name: string;
  /** Plain JSON from which the loss can be made again, in camelCase. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly reduction: Reduction;
  /** Which positions of the target count, for losses that leave some out (`ignoreClass`). */
  readonly validMask?: (target: Tensor, prediction: Tensor) => Tensor;
}

/** What `defineLoss` takes: the name, the options that a saved file must hold, and the formula. */
export interface LossDefinition {
  readonly className: string;
  readonly name: string;
  readonly options?: LossOptions | undefined;
  /** Options of this loss alone, with their defaults filled in. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly call: LossFunction;
  /** Whether `[batch]` beside `[batch, 1]` become equal ranks first. Default true. */
  readonly align?: boolean;
  /** Throws when the aligned shapes do not belong together. Called before any number is touched. */
  readonly check?: (name: string, target: Shape, prediction: Shape) => void;
  readonly validMask?: (target: Tensor, prediction: Tensor) => Tensor;
}

/**
 * Makes a loss from its formula; the built-in ones are made by it too. The formula receives float32 tensors whose ranks
 * have been aligned (`[batch]` beside `[batch, 1]`).
 *
 * @example
 * const cubicError = defineLoss({
 *   className: 'CubicError',
 *   name: 'cubicError',
 *   call: (target, prediction) => mean(abs(prediction.sub(target)).pow(3), { axis: -1 }),
 * });
 */
export function defineLoss(definition: LossDefinition): Loss {
  const { className, call, check, validMask, align = true } = definition;
  expectLossOptions(definition);
  const name = definition.options?.name ?? definition.name;
  const reduction = definition.options?.reduction ?? 'sumOverBatchSize';
  const prepare = (target: Tensor, prediction: Tensor): [Tensor, Tensor] =>
    align
      ? alignRanks(asFloat(target), asFloat(prediction))
      : [asFloat(target), asFloat(prediction)];
  const loss = (target: Tensor, prediction: Tensor): Tensor => {
    const [t, p] = prepare(target, prediction);
    check?.(name, t.shape, p.shape);
    return call(t, p);
  };
  // `name` of a function is read-only, so assignment would throw.
  return Object.defineProperties(loss, {
    className: { value: className, enumerable: true },
    name: { value: name, enumerable: true },
    config: { value: Object.freeze({ name, reduction, ...definition.config }), enumerable: true },
    reduction: { value: reduction, enumerable: true },
    ...(validMask === undefined
      ? {}
      : {
          validMask: {
            value: (target: Tensor, prediction: Tensor) =>
              validMask(...prepare(target, prediction)),
            enumerable: true,
          },
        }),
  }) as unknown as Loss;
}

/** Integer and bool labels compute as float32; float64 stays, so that gradients can be checked in it. */
export function asFloat(x: Tensor): Tensor {
  return x.dtype === 'float32' || x.dtype === 'float64' ? x : x.cast('float32');
}
