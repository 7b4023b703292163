import type { Loss } from '@gradus/losses';
import type { SymbolicTensor } from '@gradus/layers';
import type { Tensor } from '@gradus/tensor';
import { ValueError } from '@gradus/tensor';

/**
 * Refuses class indices that no unit of the output stands for. A loss inside a compiled step cannot look at numbers, and
 * would count such a sample as without loss: training would seem to go well.
 *
 * @throws ValueError naming the output, the label and its row.
 */
export function checkLabels(
  losses: readonly (Loss | null)[],
  outputs: readonly SymbolicTensor[],
  names: readonly string[],
  targets: readonly Tensor[],
): void {
  losses.forEach((loss, i) => {
    const target = targets[i];
    if (loss?.className !== 'SparseCategoricalCrossentropy' || target === undefined) return;
    const { ignoreClass, axis } = loss.config as { ignoreClass: number | null; axis: number };
    const classes = outputs[i]?.shape.at(axis);
    if (classes === undefined || classes === null) return;
    const labels = target.data;
    for (let at = 0; at < labels.length; at++) {
      const label = Math.trunc(Number(labels[at]));
      if ((label >= 0 && label < classes) || label === ignoreClass) continue;
      const row = Math.floor(at / Math.max(1, target.size / Math.max(1, target.shape[0] ?? 1)));
      throw new ValueError(
        'model/label',
        `A label is no class of output "${names[i] as string}".`,
        {
          got: `${label} in row ${row} (counted from 0)`,
          expected: `0 to ${classes - 1}, for ${classes} classes`,
          fix:
            label < 0
              ? `count classes from 0; to leave such samples out, sparseCategoricalCrossentropy({ ignoreClass: ${label} })`
              : `count classes from 0, or give the last layer ${label + 1} units`,
        },
      );
    }
  });
}
