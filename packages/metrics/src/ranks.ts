import { ShapeError, expandDims, squeeze } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';

/** Integer and bool tensors compute as float32. */
export function asFloat(x: Tensor): Tensor {
  return x.dtype === 'float32' || x.dtype === 'float64' ? x : x.cast('float32');
}

/** Keras' rank fix: `[batch]` beside `[batch, 1]` become equal shapes instead of broadcasting to `[batch, batch]`. */
export function alignRanks(x: Tensor, y: Tensor): [Tensor, Tensor] {
  if (x.rank === y.rank + 1 && x.shape[x.rank - 1] === 1)
    return y.rank === 1 ? [x, expandDims(y, -1)] : [squeeze(x, -1), y];
  if (y.rank === x.rank + 1 && y.shape[y.rank - 1] === 1)
    return x.rank === 1 ? [expandDims(x, -1), y] : [x, squeeze(y, -1)];
  return [x, y];
}

/** Aligned float tensors of one shape. */
export function alignPair(name: string, target: Tensor, prediction: Tensor): [Tensor, Tensor] {
  const [t, p] = alignRanks(asFloat(target), asFloat(prediction));
  if (t.rank !== p.rank || t.shape.some((size, axis) => size !== p.shape[axis]))
    throw new ShapeError(
      'metric/shape',
      `${name} compares target and prediction number by number.`,
      {
        got: `target [${target.shape.join(', ')}], prediction [${prediction.shape.join(', ')}]`,
        expected: 'two equal shapes',
        fix:
          t.rank < p.rank
            ? `class indices? use a sparse metric such as 'sparseCategoricalAccuracy'`
            : 'reshape the target to the shape of the prediction',
      },
    );
  return [t, p];
}

/** Class indices without a class axis of length 1. */
export function plainLabels(target: Tensor, prediction: Tensor): Tensor {
  const isColumn =
    target.rank === prediction.rank && target.rank > 1 && target.shape[target.rank - 1] === 1;
  return isColumn ? squeeze(target, -1) : target;
}
