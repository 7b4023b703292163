import { fingerprint64 } from './farm-hash.js';
import { sipHash64 } from './sip-hash.js';

/** Two whole numbers that make hashes differ from those of others. */
export type Salt = readonly [number, number];

/** What a `salt` option takes: one number for both. */
export type SaltOption = number | Salt | null;

const encoder = new TextEncoder();

/** Both numbers of a salt, or null. */
export function resolveSalt(salt: SaltOption | undefined): Salt | null {
  if (salt === null || salt === undefined) return null;
  return typeof salt === 'number' ? [salt, salt] : salt;
}

/** The bucket of a text: FarmHash, or with a salt SipHash, modulo the count. The same as in TensorFlow. */
export function hashBucket(text: string, buckets: number, salt: Salt | null): number {
  const bytes = encoder.encode(text);
  const hash = salt === null ? fingerprint64(bytes) : sipHash64(bytes, salt);
  return Number(hash % BigInt(buckets));
}
