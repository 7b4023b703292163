import type { Tensor } from '@gradus/tensor';
import { ValueError } from '@gradus/tensor';
import type { CategoryMode } from './encoded-categories.js';
import { encodeCategories, encodedShape } from './encoded-categories.js';
import type { LayerFactory, LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { expectInteger, expectOneOf, layerLabel } from './layer-errors.js';

/** Options of {@link categoryEncoding}. */
export interface CategoryEncodingOptions extends LayerOptions {
  /** How many categories there are: the largest number plus 1. */
  readonly numTokens: number;
  /** 'multiHot' (default) which there are, 'count' how often, 'oneHot' a row for each number. */
  readonly outputMode?: Exclude<CategoryMode, 'int'>;
}

interface CategoryEncodingConfig {
  readonly numTokens: number;
  readonly outputMode: Exclude<CategoryMode, 'int'>;
}

/**
 * Whole numbers become rows of 0 and 1, or of counts: `[batch, numbers]` becomes `[batch, numTokens]`. With 'count' a call
 * may give `countWeights` of the shape of the input: what each number counts.
 *
 * @throws ValueError for impossible options, or for weights without 'count'.
 * @example
 * categoryEncoding({ numTokens: 4 }).call({}, tensor([[0, 2]]), context).toArray(); // => [[1, 0, 1, 0]]
 */
export const categoryEncoding: LayerFactory<readonly [options: CategoryEncodingOptions]> =
  defineLayer({
    className: 'CategoryEncoding',
    outputDType: 'float32',
    callOptions: ['countWeights'],
    resolve(options: CategoryEncodingOptions): CategoryEncodingConfig {
      const label = layerLabel('CategoryEncoding', options);
      const { numTokens, outputMode = 'multiHot' } = options;
      expectInteger(label, 'numTokens', numTokens);
      expectOneOf(label, 'outputMode', outputMode, ['multiHot', 'count', 'oneHot']);
      return { numTokens, outputMode };
    },
    call(_params, x, options, { callOptions = {} }) {
      const weights = (callOptions.countWeights ?? null) as Tensor | null;
      if (weights !== null && options.outputMode !== 'count')
        throw new ValueError(
          'category-encoding/weights',
          `${layerLabel('CategoryEncoding', options)}: only counts have weights.`,
          {
            got: `countWeights with outputMode: '${options.outputMode}'`,
            expected: "outputMode: 'count'",
            fix: 'leave the weights out, or count',
          },
        );
      return encodeCategories(
        x.cast('int32'),
        options.outputMode,
        options.numTokens,
        weights?.cast('float32') ?? null,
      );
    },
    outputShape: ({ outputMode, numTokens }, inputShape) =>
      encodedShape(inputShape, outputMode, numTokens),
  });
