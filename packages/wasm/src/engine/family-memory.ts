import type { Memory, TensorType, TypedArray } from '@gradus/tensor/backend';
import { bytesOf, sizeOf } from '../lowering/access.js';
import { LinearMemory } from './linear-memory.js';

/** Carried tensors, at the start of the memory that all programs of a model share. */
export class FamilyMemory implements Memory {
  readonly linear: LinearMemory;
  readonly types: readonly TensorType[];
  /** Byte address of each carried tensor. */
  readonly addresses: readonly number[];

  constructor(types: readonly TensorType[], shared: boolean) {
    this.types = types;
    let bytes = 0;
    const offsets = types.map((type) => {
      const offset = bytes;
      // Tensors begin at multiples of 16: whole vectors, no matter what lies before.
      bytes += Math.ceil(bytesOf(type) / 16) * 16;
      return offset;
    });
    this.linear = new LinearMemory(shared, bytes);
    const start = this.linear.allocate(bytes, `${types.length} carried tensors`);
    this.addresses = offsets.map((offset) => start + offset);
  }

  read(index: number): TypedArray {
    return this.#view(index).slice();
  }

  write(index: number, data: ArrayLike<number>): void {
    this.#view(index).set(data);
  }

  #view(index: number): TypedArray {
    const { dtype, shape } = this.types[index] as TensorType;
    return this.linear.view(dtype, this.addresses[index] as number, sizeOf(shape));
  }
}
