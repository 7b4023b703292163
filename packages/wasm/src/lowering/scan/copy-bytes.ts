import type { FunctionBuilder, Local } from '../../assembler/index.js';

/** Up to here copying is written out: a bulk copy leaves the code of the engine, which takes some 25 ns. */
const FEW_BYTES = 128;

/** A place in memory: an address, or one that is found while the code runs. */
export type Place = number | Local;

/** Writes a copy of a known number of bytes between places that do not overlap. */
export function copyBytes(f: FunctionBuilder, to: Place, from: Place, bytes: number): void {
  if (bytes === 0 || to === from) return;
  if (bytes > FEW_BYTES) {
    base(f, to);
    base(f, from);
    f.i32(bytes).memoryCopy();
    return;
  }
  let at = 0;
  for (const [size, read, write] of [
    [16, 'v128.load', 'v128.store'],
    [8, 'i64.load', 'i64.store'],
    [4, 'i32.load', 'i32.store'],
    [1, 'i32.load8_u', 'i32.store8'],
  ] as const)
    for (; at + size <= bytes; at += size) {
      base(f, to);
      base(f, from);
      f.memory(read, at).memory(write, at);
    }
}

function base(f: FunctionBuilder, place: Place): void {
  if (typeof place === 'number') f.i32(place);
  else f.get(place);
}
