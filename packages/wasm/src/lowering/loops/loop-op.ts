import type { DType, ValueId } from '@gradus/tensor/backend';
import type { Access } from '../access.js';

/** Where an operand of a loop operation comes from. */
export type Operand =
  /** Computed in the same loop: for the same element, or for the row it is in. */
  | { readonly kind: 'own'; readonly value: ValueId }
  | {
      readonly kind: 'memory';
      readonly value: ValueId;
      readonly dtype: DType;
      readonly access: Access;
    }
  /** A number that is known when the program is built. */
  | { readonly kind: 'constant'; readonly dtype: DType; readonly number: number };

/** How often an operation of a loop runs: for every element, or once for each row. */
export type Rate = 'element' | 'row';

/** One operation inside of a loop. */
export interface LoopOp {
  /** Its place in the graph: operations of a loop run in this order. */
  readonly node: number;
  readonly kind: 'map' | 'reduceRow' | 'reduceAcross';
  /** The primitive: `add`, `exp`, `select`, `cast`, `copy`, `sum`. */
  readonly name: string;
  readonly rate: Rate;
  readonly operands: readonly Operand[];
  readonly output: ValueId;
  readonly dtype: DType;
  /** For `reduceAcross`: where each element of the loop goes in the result. */
  readonly target?: Access;
}

/** What a loop writes to memory, and where. */
export interface Store {
  readonly value: ValueId;
  /** The value whose memory it goes to; another one when it is a part of it (a concatenation). */
  readonly into: ValueId;
  readonly access: Access;
}

/** A fused loop: operations over the same `size` elements in flat order. */
export interface Loop {
  readonly size: number;
  /** Flat distances at which the loop is cut, ascending; the first is the length of a row. */
  readonly boundaries: readonly number[];
  readonly ops: readonly LoopOp[];
  readonly stores: readonly Store[];
}
