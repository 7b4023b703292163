import type { Tensor } from '@gradus/tensor';
import { ShapeError, ValueError, compile, zeros } from '@gradus/tensor';
import type { CallContext, Layer, LayerOptions, Mask } from './layer.js';
import { defineMergeLayer } from './layer.js';
import { formatSymbolic, layerLabel } from './layer-errors.js';
import type { TensorOrTensors } from './layer-result.js';
import type { JsonValue } from './serialized.js';
import type { SymbolicShape } from './symbolic.js';

/** What the function of a {@link lambda} gets besides its input: its arguments, and these. */
export interface LambdaCall {
  readonly training: boolean;
  /** The mask of the input; with several inputs, a list. */
  readonly mask: Mask | readonly Mask[];
  /** A random key, different in every step. */
  key(purpose?: string): Tensor;
  readonly [argument: string]: unknown;
}

/** Options of {@link lambda}. */
export interface LambdaOptions<Input extends TensorOrTensors = Tensor> extends LayerOptions {
  /** The computation, made of operations on tensors. Called on a list, it gets a list. */
  readonly function: (x: Input, call: LambdaCall) => Tensor;
  /** The shape of the output without the batch, or a function of the shape (or shapes) of the input. Default: found out. */
  readonly outputShape?:
    | SymbolicShape
    | ((inputShape: SymbolicShape, ...others: readonly SymbolicShape[]) => SymbolicShape)
    | null;
  /** The mask of the output, or a function that makes it. Default: none. */
  readonly mask?: Tensor | ((x: Input, mask: Mask | readonly Mask[]) => Mask) | null;
  /** More arguments of the function. */
  readonly arguments?: { readonly [name: string]: unknown };
}

/** A {@link lambda} maker. Annotate the parameter of the function, `(xs: readonly Tensor[]) => ...`, for a list of inputs. */
export interface LambdaFactory {
  <Input extends TensorOrTensors = Tensor>(options: LambdaOptions<Input>): Layer;
  readonly className: string;
}

interface CodeOnly<T> {
  readonly value: T;
  toJSON(): JsonValue;
}

interface LambdaConfig {
  readonly function: CodeOnly<LambdaOptions<never>['function']>;
  readonly outputShape: CodeOnly<LambdaOptions['outputShape']>;
  readonly mask: CodeOnly<LambdaOptions<never>['mask']>;
  readonly arguments: CodeOnly<{ readonly [name: string]: unknown }>;
}

/** One as itself, several as a list. */
function single<T>(list: readonly T[]): T | readonly T[] {
  return list.length === 1 ? (list[0] as T) : list;
}

function run(
  options: LambdaConfig,
  inputs: readonly Tensor[],
  context: Pick<CallContext, 'training' | 'key' | 'masks' | 'mask'>,
): Tensor {
  const masks = context.masks ?? inputs.map((_, i) => (i === 0 ? (context.mask ?? null) : null));
  return options.function.value(single(inputs) as never, {
    ...options.arguments.value,
    training: context.training,
    mask: single(masks),
    key: context.key,
  });
}

/** What comes out for inputs whose unknown lengths are all `length`. Recorded only: nothing is computed. */
function tryOut(
  label: string,
  options: LambdaConfig,
  shapes: readonly SymbolicShape[],
  length: number,
): readonly number[] {
  const inputs = shapes.map((shape) => zeros(shape.map((n) => n ?? length)));
  let found: readonly number[] = [];
  try {
    compile((...xs: Tensor[]) => {
      const y = run(options, xs, {
        training: false,
        masks: xs.map(() => null),
        key: () => zeros([2], { dtype: 'int32' }),
      });
      found = y.shape;
      return y;
    }).graph(...inputs);
  } catch (error) {
    throw new ShapeError('lambda/shape', `${label}: the shape of its output is not known.`, {
      got: String(error instanceof Error ? error.message : error).split('\n')[0] ?? '',
      expected: `a function that takes ${shapes.map(formatSymbolic).join(' and ')}`,
      fix: 'correct the function, or give outputShape',
    });
  }
  return found;
}

/**
 * A layer of one function, for a computation that needs no parameters and no file: models with it cannot be saved, as a
 * file holds no code. For one that can, write a layer with defineLayer.
 *
 * @throws ValueError without a function, and when the model is saved; ShapeError when the function fails on the shape of
 * the input.
 * @example
 * const double = lambda({ function: (x) => x.mul(2) });
 * double.call({}, tensor([1, 2]), context).toArray(); // => [2, 4]
 */
export const lambda: LambdaFactory = defineMergeLayer({
  className: 'Lambda',
  resolve(options: LambdaOptions<never>): LambdaConfig {
    const label = layerLabel('Lambda', options);
    if (typeof options.function !== 'function')
      throw new ValueError('lambda/function', `${label} is made in code only.`, {
        got: `function: ${JSON.stringify(options.function)}`,
        expected: 'a function of a tensor',
        fix: 'for example lambda({ function: (x) => x.mul(2) }); a file cannot hold it, so use defineLayer for models that are loaded',
      });
    const codeOnly = <T>(value: T): CodeOnly<T> => ({
      value,
      toJSON() {
        throw new ValueError('lambda/save', `${label} cannot be written down.`, {
          got: 'a layer that is code',
          expected: 'layers that are described by options',
          fix: 'write it with defineLayer, and make it known with registerLayer where the model is loaded',
        });
      },
    });
    return {
      function: codeOnly(options.function),
      outputShape: codeOnly(options.outputShape ?? null),
      mask: codeOnly(options.mask ?? null),
      arguments: codeOnly(options.arguments ?? {}),
    };
  },
  call: (_params, inputs, options, context) => run(options, inputs, context),
  outputShape(options, shapes) {
    const given = options.outputShape.value;
    const [first = [], ...others] = shapes;
    if (typeof given === 'function') return given(first, ...others);
    if (given !== null && given !== undefined) return [first[0] ?? null, ...given];
    const label = layerLabel('Lambda', options);
    const shape = tryOut(label, options, shapes, 2);
    if (shapes.every((lengths) => !lengths.includes(null))) return shape;
    // A length that follows an unknown one is unknown too.
    const other = tryOut(label, options, shapes, 3);
    return shape.map((length, axis) => (length === other[axis] ? length : null));
  },
  computeMask(options, inputs, masks) {
    const mask = options.mask.value;
    return typeof mask === 'function'
      ? mask(single(inputs) as never, single(masks))
      : (mask ?? null);
  },
}) as never;
