import fc from 'fast-check';
import type { ArrayValue } from './array-value.js';
import { elementCount } from './array-value.js';

/** Arrays of every dtype and of up to four axes, some of them of length 0, for round trips. */
export const arrayValue: fc.Arbitrary<ArrayValue> = fc
  .array(fc.nat(4), { maxLength: 4 })
  .chain((shape): fc.Arbitrary<ArrayValue> => {
    const length = { minLength: elementCount(shape), maxLength: elementCount(shape) };
    return fc.oneof(
      fc.float32Array(length).map((data): ArrayValue => ({ shape, dtype: 'float32', data })),
      fc.float64Array(length).map((data): ArrayValue => ({ shape, dtype: 'float64', data })),
      fc.int32Array(length).map((data): ArrayValue => ({ shape, dtype: 'int32', data })),
      fc
        .uint8Array({ ...length, max: 1 })
        .map((data): ArrayValue => ({ shape, dtype: 'bool', data })),
    );
  });
