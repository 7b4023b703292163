import type { DType } from '@gradus/tensor';

/** The dtype of layers that only move numbers about: that of their input. */
export function sameDType(_options: unknown, inputDType: DType): DType {
  return inputDType;
}
