const table = Int32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 over several pieces, as eight hexadecimal digits: tells an altered file from a whole one. Source: ISO 3309. */
export function checksum(pieces: readonly Uint8Array[]): string {
  let sum = -1;
  for (const piece of pieces)
    for (const byte of piece) sum = (table[(sum ^ byte) & 255] as number) ^ (sum >>> 8);
  return (~sum >>> 0).toString(16).padStart(8, '0');
}
