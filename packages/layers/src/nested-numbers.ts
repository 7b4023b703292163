import { Tensor, tensor } from '@gradus/tensor';

/** A number, or lists of numbers in lists, all of one length on each level. */
export type NestedNumbers = number | readonly NestedNumbers[];

/** Numbers for an option, or data to look at. */
export type NumbersLike = NestedNumbers | Tensor;

/** Plain numbers, which a config can hold. */
export function plainNumbers(values: NumbersLike): NestedNumbers {
  return values instanceof Tensor ? (values.toArray() as NestedNumbers) : values;
}

/** The numbers as a tensor of float32, or of the dtype that is there. */
export function asTensor(values: NumbersLike): Tensor {
  return values instanceof Tensor ? values : tensor(values as never);
}
