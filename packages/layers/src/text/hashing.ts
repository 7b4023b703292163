import type { Tensor } from '@gradus/tensor';
import { Tensor as TensorClass } from '@gradus/tensor';
import type { CategoryMode } from '../encoded-categories.js';
import { encodeCategories } from '../encoded-categories.js';
import { expectInteger, expectOneOf, layerLabel } from '../layer-errors.js';
import type { NumbersLike } from '../nested-numbers.js';
import { asTensor } from '../nested-numbers.js';
import type { Salt, SaltOption } from './hash-bucket.js';
import { hashBucket, resolveSalt } from './hash-bucket.js';
import type { NestedText, TextArray } from './nested-text.js';
import { flatText, intTensor } from './nested-text.js';
import type { TextLayer, TextLayerOptions } from './text-layer.js';
import { defineTextLayer } from './text-layer.js';

/** Options of {@link hashing}. */
export interface HashingOptions extends TextLayerOptions {
  /** How many buckets there are, that of the mask included. */
  readonly numBins: number;
  /** The value that means "nothing here" and gets bucket 0 alone. Default null: none. */
  readonly maskValue?: string | number | null;
  /** Two numbers that make the hash another one (SipHash instead of FarmHash). Default null. */
  readonly salt?: SaltOption;
  /** 'int' (default) the bucket; or rows: 'oneHot', 'multiHot', 'count'. */
  readonly outputMode?: CategoryMode;
}

interface HashingConfig {
  readonly numBins: number;
  readonly maskValue: string | number | null;
  readonly salt: Salt | null;
  readonly outputMode: CategoryMode;
}

/** Texts, or whole numbers, which are hashed as their decimal digits. */
export type Hashable = NestedText | NumbersLike;

/** Makes {@link hashing} layers. */
export interface HashingFactory {
  (options: HashingOptions): TextLayer<Hashable>;
  readonly className: string;
}

/** The values as texts; whole numbers in decimal digits. */
export function hashableText(label: string, input: Hashable): TextArray<string | number> {
  const first = Array.isArray(input) ? (input as readonly unknown[]).flat(Infinity)[0] : input;
  if (typeof first !== 'number' && !(input instanceof TensorClass)) return flatText(label, input);
  const { shape, data } = asTensor(input as NumbersLike);
  return { shape, values: Array.from(data, Math.trunc) };
}

/**
 * Sorts words or ids into a fixed number of buckets by a hash: no vocabulary to learn, but unlike things may share a
 * bucket. The buckets are those of Keras. It runs before the model.
 *
 * @throws ValueError for impossible options.
 * @example
 * hashing({ numBins: 3 })(['A', 'B', 'C', 'D', 'E']).toArray(); // => [1, 0, 1, 1, 2]
 */
export const hashing: HashingFactory = defineTextLayer<HashingOptions, HashingConfig>({
  className: 'Hashing',
  resolve(options) {
    const label = layerLabel('Hashing', options);
    const { numBins, maskValue = null, outputMode = 'int' } = options;
    expectInteger(label, 'numBins', numBins);
    expectOneOf(label, 'outputMode', outputMode, ['int', 'oneHot', 'multiHot', 'count']);
    return { numBins, maskValue, salt: resolveSalt(options.salt), outputMode };
  },
  make({ numBins, maskValue, salt, outputMode }, label) {
    const hasMask = maskValue !== null && numBins > 1;
    const bucket = (value: string | number): number => {
      if (!hasMask) return hashBucket(String(value), numBins, salt);
      return value === maskValue ? 0 : 1 + hashBucket(String(value), numBins - 1, salt);
    };
    return {
      call(input: Hashable): Tensor {
        const { shape, values } = hashableText(label, input);
        return encodeCategories(
          intTensor({ shape, values: values.map(bucket) }),
          outputMode,
          numBins,
        );
      },
    };
  },
}) as unknown as HashingFactory;
