/** Parts begin with a line of the cache. */
const ALIGNMENT = 64;

/** Places parts of scratch memory one behind the other: bytes from its start, and how many there are in all. */
export function partsOf<K extends string>(
  sizes: Readonly<Record<K, number>>,
): Readonly<Record<K | 'bytes', number>> {
  let at = 0;
  const places: Record<string, number> = {};
  for (const [name, bytes] of Object.entries<number>(sizes)) {
    places[name] = at;
    at += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
  }
  return { ...places, bytes: at } as Record<K | 'bytes', number>;
}
