import { FormatError } from '@gradus/tensor';

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  return sum;
});

/** The CRC-32 of zip and gzip: a sum that changes when any bit of the bytes does. */
export function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (table[(sum ^ byte) & 0xff] as number) ^ (sum >>> 8);
  return ~sum >>> 0;
}

/**
 * Compares each unpacked file with the sum that the archive keeps for it: fflate unpacks without this check, so a
 * flipped bit would become a wrong number in silence.
 *
 * @param archive the zip file.
 * @param files its unpacked files by name.
 * @param name what errors call the archive.
 * @throws FormatError at the first file whose bytes are not those that were packed, or that is there twice.
 */
export function checkZipSums(
  archive: Uint8Array,
  files: Readonly<Record<string, Uint8Array>>,
  name: string,
): void {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const decoder = new TextDecoder('utf-8');
  const seen = new Set<string>();
  let entry = centralDirectory(view);
  while (entry + 46 <= archive.length && view.getUint32(entry, true) === 0x02014b50) {
    const nameLength = view.getUint16(entry + 28, true);
    const file = decoder.decode(archive.subarray(entry + 46, entry + 46 + nameLength));
    const content = files[file];
    if (
      content !== undefined &&
      (seen.has(file) || crc32(content) !== view.getUint32(entry + 16, true))
    ) {
      throw new FormatError('zip/damaged', `'${file}' in ${name} is damaged.`, {
        got: seen.has(file)
          ? 'two files of that name'
          : 'bytes whose CRC-32 differs from the one kept in the archive',
        expected: 'each file once, unaltered',
        fix: 'copy or download the archive again',
      });
    }
    seen.add(file);
    entry += 46 + nameLength + view.getUint16(entry + 30, true) + view.getUint16(entry + 32, true);
  }
}

/** Where the list of files begins: its position stands in a record near the end, before a comment of free length. */
function centralDirectory(view: DataView): number {
  for (let at = view.byteLength - 22; at >= 0; at--) {
    if (view.getUint32(at, true) !== 0x06054b50) continue;
    const offset = view.getUint32(at + 16, true);
    if (offset !== 0xffffffff || at < 20) return offset;
    // Zip64: the record before this one points to a longer record with a 64-bit position.
    const record = Number(view.getBigUint64(at - 12, true));
    return record + 56 <= view.byteLength
      ? Number(view.getBigUint64(record + 48, true))
      : view.byteLength;
  }
  return view.byteLength;
}
