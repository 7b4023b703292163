const mask = (1n << 64n) - 1n;
const k0 = 0xc3a5c85c97cb3127n;
const k1 = 0xb492b66fbe98f273n;
const k2 = 0x9ae16a3b2f90404fn;

type Pair = readonly [bigint, bigint];

const times = (x: bigint, y: bigint): bigint => (x * y) & mask;
const plus = (...terms: readonly bigint[]): bigint => terms.reduce((a, b) => a + b, 0n) & mask;
/** Right rotation, as the reference has it. */
const rotate = (x: bigint, by: number): bigint =>
  by === 0 ? x : ((x >> BigInt(by)) | (x << BigInt(64 - by))) & mask;
const shiftMix = (x: bigint): bigint => x ^ (x >> 47n);

class Reader {
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  word64(at: number): bigint {
    return this.#view.getBigUint64(at, true);
  }
  word32(at: number): bigint {
    return BigInt(this.#view.getUint32(at, true));
  }
  byte(at: number): bigint {
    return BigInt(this.#view.getUint8(at));
  }
}

function hash16(u: bigint, v: bigint, factor: bigint): bigint {
  const a = shiftMix(times(u ^ v, factor));
  const b = shiftMix(times(v ^ a, factor));
  return times(b, factor);
}

function upTo16(s: Reader, length: number): bigint {
  const size = BigInt(length);
  if (length >= 8) {
    const factor = plus(k2, size * 2n);
    const a = plus(s.word64(0), k2);
    const b = s.word64(length - 8);
    const c = plus(times(rotate(b, 37), factor), a);
    const d = times(plus(rotate(a, 25), b), factor);
    return hash16(c, d, factor);
  }
  if (length >= 4) {
    const factor = plus(k2, size * 2n);
    return hash16(plus(size, s.word32(0) << 3n), s.word32(length - 4), factor);
  }
  if (length === 0) return k2;
  const y = s.byte(0) + (s.byte(length >> 1) << 8n);
  const z = size + (s.byte(length - 1) << 2n);
  return times(shiftMix(times(y, k2) ^ times(z, k0)), k2);
}

function upTo32(s: Reader, length: number): bigint {
  const factor = plus(k2, BigInt(length) * 2n);
  const a = times(s.word64(0), k1);
  const b = s.word64(8);
  const c = times(s.word64(length - 8), factor);
  const d = times(s.word64(length - 16), k2);
  return hash16(
    plus(rotate(plus(a, b), 43), rotate(c, 30), d),
    plus(a, rotate(plus(b, k2), 18), c),
    factor,
  );
}

function upTo64(s: Reader, length: number): bigint {
  const factor = plus(k2, BigInt(length) * 2n);
  const a = times(s.word64(0), k2);
  const b = s.word64(8);
  const c = times(s.word64(length - 8), factor);
  const d = times(s.word64(length - 16), k2);
  const y = plus(rotate(plus(a, b), 43), rotate(c, 30), d);
  const z = hash16(y, plus(a, rotate(plus(b, k2), 18), c), factor);
  const e = times(s.word64(16), factor);
  const f = s.word64(24);
  const g = times(plus(y, s.word64(length - 32)), factor);
  const h = times(plus(z, s.word64(length - 24)), factor);
  return hash16(
    plus(rotate(plus(e, f), 43), rotate(g, 30), h),
    plus(e, rotate(plus(f, a), 18), g),
    factor,
  );
}

function weak32(s: Reader, at: number, a: bigint, b: bigint): Pair {
  const [w, x, y, z] = [s.word64(at), s.word64(at + 8), s.word64(at + 16), s.word64(at + 24)];
  const first = plus(a, w);
  const second = rotate(plus(b, first, z), 21);
  const sum = plus(first, x, y);
  return [plus(sum, z), plus(second, rotate(sum, 44), first)];
}

function long(s: Reader, length: number): bigint {
  let x = 81n;
  let y = plus(times(81n, k1), 113n);
  let z = times(shiftMix(plus(times(y, k2), 113n)), k2);
  let v: Pair = [0n, 0n];
  let w: Pair = [0n, 0n];
  x = plus(times(x, k2), s.word64(0));
  const end = Math.floor((length - 1) / 64) * 64;
  const last = end + ((length - 1) & 63) - 63;
  for (let at = 0; at < end; at += 64) {
    x = times(rotate(plus(x, y, v[0], s.word64(at + 8)), 37), k1);
    y = times(rotate(plus(y, v[1], s.word64(at + 48)), 42), k1);
    x ^= w[1];
    y = plus(y, v[0], s.word64(at + 40));
    z = times(rotate(plus(z, w[0]), 33), k1);
    v = weak32(s, at, times(v[1], k1), plus(x, w[0]));
    w = weak32(s, at + 32, plus(z, w[1]), plus(y, s.word64(at + 16)));
    [z, x] = [x, z];
  }
  const factor = plus(k1, (z & 0xffn) << 1n);
  w = [plus(w[0], BigInt((length - 1) & 63)), w[1]];
  v = [plus(v[0], w[0]), v[1]];
  w = [plus(w[0], v[0]), w[1]];
  x = times(rotate(plus(x, y, v[0], s.word64(last + 8)), 37), factor);
  y = times(rotate(plus(y, v[1], s.word64(last + 48)), 42), factor);
  x ^= times(w[1], 9n);
  y = plus(y, times(v[0], 9n), s.word64(last + 40));
  z = times(rotate(plus(z, w[0]), 33), factor);
  v = weak32(s, last, times(v[1], factor), plus(x, w[0]));
  w = weak32(s, last + 32, plus(z, w[1]), plus(y, s.word64(last + 16)));
  [z, x] = [x, z];
  return hash16(
    plus(hash16(v[0], w[0], factor), times(shiftMix(y), k0), z),
    plus(hash16(v[1], w[1], factor), x),
    factor,
  );
}

/**
 * FarmHash's Fingerprint64 of bytes: the hash that TensorFlow gives to texts, the same on every machine for ever.
 *
 * Source: Pike and Alakuijala 2014, as in the FarmHash library.
 */
export function fingerprint64(bytes: Uint8Array): bigint {
  const s = new Reader(bytes);
  const { length } = bytes;
  if (length <= 16) return upTo16(s, length);
  if (length <= 32) return upTo32(s, length);
  return length <= 64 ? upTo64(s, length) : long(s, length);
}
