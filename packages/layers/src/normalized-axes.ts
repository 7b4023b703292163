import { ShapeError, ValueError, formatShape } from '@gradus/tensor';
import { formatSymbolic, knownLength } from './layer-errors.js';
import type { SymbolicShape } from './symbolic.js';

/** The axes along which a layer normalises: one, or a list; in options, before a shape is known. */
export type AxisOption = number | readonly number[];

function refuseAxis(label: string, axis: unknown, expected: string): never {
  throw new ValueError('layer/option', `${label}: axis is impossible.`, {
    got: `axis: ${JSON.stringify(axis)}`,
    expected,
    fix: 'for example axis: -1, the last',
  });
}

/**
 * Checks an option that names one axis.
 *
 * @throws ValueError for anything but a whole number.
 */
export function expectAxis(label: string, axis: unknown): void {
  if (!Number.isInteger(axis)) refuseAxis(label, axis, 'a whole number');
}

/**
 * Checks an option that names one axis or several.
 *
 * @throws ValueError for anything but a whole number or a list of different ones.
 */
export function expectAxes(label: string, axis: unknown): void {
  const axes: readonly unknown[] = Array.isArray(axis) ? axis : [axis];
  if (axes.length > 0 && new Set(axes).size === axes.length && axes.every(Number.isInteger)) return;
  refuseAxis(label, axis, 'a whole number, or a list of different ones');
}

/** Axes in the order that Keras sorts them: as they were written, so that -1 comes before 1. */
function sorted(axis: AxisOption): readonly number[] {
  return typeof axis === 'number' ? [axis] : [...axis].sort((a, b) => a - b);
}

/**
 * The axes of an input that an option means, counted from 0.
 *
 * @throws ShapeError for an axis that does not exist.
 */
export function axesOf(label: string, shape: SymbolicShape, axis: AxisOption): readonly number[] {
  return sorted(axis).map((a) => {
    const at = a < 0 ? a + shape.length : a;
    if (at >= 0 && at < shape.length) return at;
    throw new ShapeError('layer/axis', `${label}: its input has no axis ${a}.`, {
      got: `${formatSymbolic(shape)}, which has ${shape.length}`,
      expected: `an axis from ${-shape.length} to ${shape.length - 1}`,
      fix: 'change axis, or the shape of the input',
    });
  });
}

/**
 * The lengths of the axes of a layer, which its parameters need.
 *
 * @throws ShapeError for an axis that does not exist or whose length is not known.
 */
export function lengthsOf(
  label: string,
  shape: SymbolicShape,
  axis: AxisOption,
): readonly number[] {
  axesOf(label, shape, axis);
  return sorted(axis).map((a) => knownLength(label, shape, a));
}

/** The shape in which parameters of some axes meet an input: its lengths there, 1 elsewhere. */
export function besideAxes(shape: readonly number[], axes: readonly number[]): readonly number[] {
  return shape.map((length, axis) => (axes.includes(axis) ? length : 1));
}

/**
 * Checks an input of a call against the lengths that a layer was built for.
 *
 * @throws ShapeError that names both.
 */
export function expectLengths(
  label: string,
  shape: readonly number[],
  axes: readonly number[],
  lengths: readonly number[],
): void {
  if (axes.every((axis, i) => shape[axis] === lengths[i])) return;
  throw new ShapeError(
    'layer/axis-length',
    `${label} was built for inputs of another length on axis ${axes.join(', ')}.`,
    {
      got: formatShape(shape),
      expected: axes.map((axis, i) => `${lengths[i]} on axis ${axis}`).join(', '),
      fix: 'give it inputs of that length, or build the model for inputs like these',
    },
  );
}
