import { ShapeError, expandDims, squeeze } from '@gradus/tensor';
import type { Shape, Tensor } from '@gradus/tensor';

/**
 * Keras' rank fix: when ranks differ by one and the odd last axis has length 1, the shorter tensor gains that axis if it has
 * rank 1, and else the longer one loses it. `[batch]` labels beside `[batch, 1]` predictions would otherwise broadcast to
 * `[batch, batch]`, the classic silent mistake.
 */
export function alignRanks(x: Tensor, y: Tensor): [Tensor, Tensor] {
  if (x.rank === y.rank + 1 && x.shape[x.rank - 1] === 1)
    return y.rank === 1 ? [x, expandDims(y, -1)] : [squeeze(x, -1), y];
  if (y.rank === x.rank + 1 && y.shape[y.rank - 1] === 1)
    return x.rank === 1 ? [expandDims(x, -1), y] : [x, squeeze(y, -1)];
  return [x, y];
}

const show = (shape: Shape): string => `[${shape.join(', ')}]`;

/** Target and prediction of an elementwise loss have one shape. */
export function checkSameShape(name: string, target: Shape, prediction: Shape): void {
  if (
    target.length === prediction.length &&
    target.every((size, axis) => size === prediction[axis])
  )
    return;
  const labels =
    target.length < prediction.length || (target[target.length - 1] === 1 && target.length > 1);
  const isCategorical = name.toLowerCase().includes('categorical');
  throw new ShapeError('loss/shape', `${name} compares target and prediction number by number.`, {
    got: `target ${show(target)}, prediction ${show(prediction)}`,
    expected: 'two equal shapes',
    fix:
      labels && isCategorical
        ? "class indices? use 'sparseCategoricalCrossentropy', or oneHot(target, classes)"
        : `make the last layer's output ${show(target)}, or reshape the target to ${show(prediction)}`,
  });
}

/** Class indices have the prediction's shape without its class axis (or with length 1 there). */
export function checkSparseShape(
  axis: number,
): (name: string, target: Shape, prediction: Shape) => void {
  return (name, target, prediction) => {
    const classAxis = axis < 0 ? axis + prediction.length : axis;
    const expected = prediction.filter((_, index) => index !== classAxis);
    const plain =
      target.length === prediction.length && target[classAxis] === 1
        ? target.filter((_, index) => index !== classAxis)
        : target;
    if (plain.length === expected.length && plain.every((size, index) => size === expected[index]))
      return;
    const oneHotTarget =
      target.length === prediction.length && target[classAxis] === prediction[classAxis];
    throw new ShapeError('loss/shape', `${name} takes one class index per prediction.`, {
      got: `target ${show(target)}, prediction ${show(prediction)}`,
      expected: `target ${show(expected)}`,
      fix: oneHotTarget
        ? "the target looks one-hot: use 'categoricalCrossentropy', or argMax(target, { axis: -1 })"
        : 'give integers 0 ... classes - 1, one for each row of the prediction',
    });
  };
}
