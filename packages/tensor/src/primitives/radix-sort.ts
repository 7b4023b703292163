import type { DType, TypedArray } from '../dtype.js';

/** Numbers of a float, so that unsigned comparison of the results compares the floats: NaN comes after everything. */
function floatKey(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return 0xffffffff;
  // -0 and 0 are equal.
  if (bits << 1 === 0) return 0x80000000;
  return (bits < 0 ? ~bits : bits | 0x80000000) >>> 0;
}

/**
 * Makes a function that finds the stable order of `length` numbers of 32 bits or less by four passes over 8 bits each: time
 * grows with the length alone. NaN goes last in both directions.
 */
export function radixSorter(
  length: number,
  dtype: Exclude<DType, 'float64'>,
  descending: boolean,
): (values: TypedArray) => Int32Array {
  const isFloat = dtype === 'float32';
  const words = new Int32Array(length);
  const floats = new Float32Array(words.buffer);
  const keys = new Uint32Array(length);
  const counts = new Int32Array(256);
  let from = new Int32Array(length);
  let to = new Int32Array(length);
  return (values) => {
    if (isFloat) floats.set(values);
    else words.set(values);
    for (let i = 0; i < length; i++) {
      const word = words[i] as number;
      const key = isFloat ? floatKey(word) : (word ^ 0x80000000) >>> 0;
      keys[i] = descending && !(isFloat && key === 0xffffffff) ? ~key : key;
      from[i] = i;
    }
    for (let shift = 0; shift < 32; shift += 8) {
      counts.fill(0);
      for (let i = 0; i < length; i++) (counts[((keys[i] as number) >>> shift) & 255] as number)++;
      if ((counts[((keys[0] ?? 0) >>> shift) & 255] as number) === length) continue;
      let start = 0;
      for (let digit = 0; digit < 256; digit++) {
        const count = counts[digit] as number;
        counts[digit] = start;
        start += count;
      }
      for (let i = 0; i < length; i++) {
        const position = from[i] as number;
        const digit = ((keys[position] as number) >>> shift) & 255;
        to[counts[digit] as number] = position;
        (counts[digit] as number)++;
      }
      [from, to] = [to, from];
    }
    return from;
  };
}
