import type { Tensor } from '@gradus/tensor';
import { concatenate } from '@gradus/tensor';

/** One row of a transform: factors of x and y, and what is added. */
type Row = readonly [Tensor, Tensor, Tensor];

/** Transforms `[batch, 8]` from their entries, each of which holds one number for each image. */
export function transformsOf([first, second]: readonly [Row, Row]): Tensor {
  const column = (entry: Tensor): Tensor => entry.reshape([entry.shape[0] as number, 1]);
  const none = column(first[0]).mul(0);
  return concatenate([...first.map(column), ...second.map(column), none, none], { axis: 1 });
}
