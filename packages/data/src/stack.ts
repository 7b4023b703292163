import { ShapeError, Tensor } from '@gradus/tensor';
import type { TypedArray } from '@gradus/tensor';
import { leafName, leavesOf, mapLeaves } from './tree.js';

const list = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

/**
 * A batch made of samples: every leaf gets a first axis as long as the list.
 *
 * @throws ShapeError when a sample has other parts, or a part of another shape, than the first one.
 */
export function stackSamples(samples: readonly unknown[], firstNumber: number): unknown {
  const leaves = samples.map(
    (sample) => new Map(leavesOf(sample).map((leaf) => [leaf.path, leaf.tensor])),
  );
  return mapLeaves(samples[0], (leaf, path) => {
    const { shape, size, data, dtype } = leaf as Tensor;
    const target = new (data.constructor as new (length: number) => TypedArray)(
      size * samples.length,
    );
    leaves.forEach((parts, i) => {
      const part = parts.get(path);
      if (
        part === undefined ||
        part.shape.length !== shape.length ||
        part.shape.some((n, axis) => n !== shape[axis])
      )
        throw new ShapeError(
          'data/ragged',
          `Sample ${firstNumber + i} does not fit into a batch.`,
          {
            got:
              part === undefined
                ? `no ${leafName(path)}`
                : `${leafName(path)} of shape ${list(part.shape)}`,
            expected: `shape ${list(shape)}, like sample ${firstNumber}`,
            fix: 'bring all samples to one shape with map() before batch(), or use batch(1)',
          },
        );
      target.set(part.data, i * size);
    });
    return new Tensor({ shape: [samples.length, ...shape], dtype }, target);
  });
}
