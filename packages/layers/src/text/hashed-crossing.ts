import type { Tensor } from '@gradus/tensor';
import { ShapeError, ValueError, formatShape } from '@gradus/tensor';
import { encodeCategories } from '../encoded-categories.js';
import { expectInteger, expectOneOf, layerLabel } from '../layer-errors.js';
import { fingerprint64 } from './farm-hash.js';
import type { Hashable } from './hashing.js';
import { hashableText } from './hashing.js';
import { intTensor } from './nested-text.js';
import type { TextLayer, TextLayerOptions } from './text-layer.js';
import { defineTextLayer } from './text-layer.js';

/** Options of {@link hashedCrossing}. */
export interface HashedCrossingOptions extends TextLayerOptions {
  /** How many buckets there are. */
  readonly numBins: number;
  /** 'int' (default) the bucket, or a row for it: 'oneHot'. */
  readonly outputMode?: 'int' | 'oneHot';
}

interface HashedCrossingConfig {
  readonly numBins: number;
  readonly outputMode: 'int' | 'oneHot';
}

/** Makes {@link hashedCrossing} layers. */
export interface HashedCrossingFactory {
  (options: HashedCrossingOptions): TextLayer<readonly Hashable[]>;
  readonly className: string;
}

const word = (x: bigint): bigint => BigInt.asUintN(64, x);
const factor = 0xc6a4a7935bd1e995n;
const shiftMix = (x: bigint): bigint => x ^ (x >> 47n);
const encoder = new TextEncoder();

/** Two hashes as one, as TensorFlow joins them. */
function joined(a: bigint, b: bigint): bigint {
  const mixed = word(shiftMix(word(b * factor)) * factor);
  const result = word(word(a ^ factor ^ mixed) * factor);
  return shiftMix(word(shiftMix(result) * factor));
}

/** What TensorFlow starts from. */
const start = 0xdecafcaffen;

function expectSameShapes(label: string, shapes: readonly (readonly number[])[]): void {
  const [first = []] = shapes;
  const fits = first.length < 2 || (first.length === 2 && first[1] === 1);
  if (fits && shapes.every((shape) => shape.join() === first.join())) return;
  throw new ShapeError('hashed-crossing/shape', `${label} takes columns of one length.`, {
    got: shapes.map((shape) => formatShape(shape)).join(', '),
    expected: '[batch] or [batch, 1], the same for all',
    fix: 'give one value per sample and feature',
  });
}

/**
 * Makes one feature out of several: each combination of values gets a bucket by its hash, so that a linear model can tell
 * "Monday in Rome" from "Monday" and "Rome". The buckets are those of Keras. It runs before the model.
 *
 * @throws ValueError for fewer than two inputs, ShapeError for inputs of different shapes.
 * @example
 * hashedCrossing({ numBins: 5 })([['A', 'B', 'A', 'B', 'A'], [101, 101, 101, 102, 102]]).toArray(); // => [1, 4, 1, 1, 3]
 */
export const hashedCrossing: HashedCrossingFactory = defineTextLayer<
  HashedCrossingOptions,
  HashedCrossingConfig
>({
  className: 'HashedCrossing',
  resolve(options) {
    const label = layerLabel('HashedCrossing', options);
    const { numBins, outputMode = 'int' } = options;
    expectInteger(label, 'numBins', numBins);
    expectOneOf(label, 'outputMode', outputMode, ['int', 'oneHot']);
    return { numBins, outputMode };
  },
  make({ numBins, outputMode }, label) {
    const hash = (value: string | number): bigint =>
      typeof value === 'number' ? word(BigInt(value)) : fingerprint64(encoder.encode(value));
    return {
      call(inputs: readonly Hashable[]): Tensor {
        if (!Array.isArray(inputs) || inputs.length < 2)
          throw new ValueError('hashed-crossing/inputs', `${label} crosses several features.`, {
            got: Array.isArray(inputs) ? `a list of ${inputs.length}` : typeof inputs,
            expected: 'a list of at least two inputs',
            fix: `call it with a list: ${label.split(' ')[0] ?? ''}(...)([days, cities])`,
          });
        const columns = inputs.map((input: Hashable) => hashableText(label, input));
        expectSameShapes(
          label,
          columns.map(({ shape }) => shape),
        );
        const { shape, values } = columns[0] as (typeof columns)[number];
        const buckets = values.map((_, i) => {
          const crossed = columns.reduce(
            (key, column) => joined(key, hash(column.values[i] as string | number)),
            start,
          );
          return Number(crossed % BigInt(numBins));
        });
        return encodeCategories(intTensor({ shape, values: buckets }), outputMode, numBins);
      },
    };
  },
}) as unknown as HashedCrossingFactory;
