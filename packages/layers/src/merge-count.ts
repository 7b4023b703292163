import { ShapeError } from '@gradus/tensor';

/**
 * Checks that a layer is called on two inputs.
 *
 * @throws ShapeError that says how to call it.
 */
export function expectTwo(label: string, inputs: readonly unknown[]): void {
  if (inputs.length === 2) return;
  throw new ShapeError('merge/count', `${label} takes a list of two inputs.`, {
    got: `${inputs.length}`,
    expected: '2',
    fix: `call it on a list: ${label.split(' ')[0] ?? ''}(...)([x, y])`,
  });
}
