const scratch = new DataView(new ArrayBuffer(4));

/**
 * The number that a 16-bit float holds: 1 sign bit, 5 exponent bits (bias 15), 10 fraction bits; exact.
 *
 * Source: IEEE 754-2019, binary16.
 */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The number that a bfloat16 holds: the upper half of a 32-bit float; exact. */
export function brainToNumber(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}
