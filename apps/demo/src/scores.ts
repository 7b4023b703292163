import { confusionMatrix, r2Score } from '@gradus/metrics';
import type { Tensor } from '@gradus/tensor';
import { table } from './narrate.js';

/** R²: 1 when every prediction is right, 0 when they are no better than always answering the mean. */
export function r2(target: Tensor, prediction: Tensor): number {
  const metric = r2Score();
  return metric.result(metric.update(metric.init(prediction.shape), target, prediction)).item();
}

/** A number close to 1, with as many nines as it has: 0.9999 and 0.99999999 differ. */
export function showR2(value: number): string {
  return value.toFixed(8);
}

/** The share of rows whose largest output is the right class. */
export function accuracy(target: Tensor, prediction: Tensor): number {
  const right = prediction.argMax({ axis: -1 }).flatten();
  return target.flatten().cast('int32').equal(right).cast('float32').mean().item();
}

/** Which class was taken for which: one line per true class, one column per answer. Zeros are dots, to be overlooked. */
export function showConfusion(
  target: Tensor,
  prediction: Tensor,
  classes: readonly string[],
): string {
  const counts = confusionMatrix(target.flatten(), prediction, { numClasses: classes.length });
  const rows = counts.toArray() as number[][];
  return table([
    ['true ↓   answer →', ...classes],
    ...rows.map((row, i) => [classes[i] ?? '', ...row.map((n) => (n === 0 ? '·' : String(n)))]),
  ]);
}
