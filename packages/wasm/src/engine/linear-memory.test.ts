import { expect, it } from 'vitest';
import { FamilyMemory } from './family-memory.js';
import { LinearMemory } from './linear-memory.js';

it('hands out zeros that stay where they are while the memory grows', () => {
  for (const shared of [false, true]) {
    const memory = new LinearMemory(shared);
    const first = memory.allocate(10, 'a test');
    memory.view('int32', first, 2).set([7, 8]);
    const second = memory.allocate(300_000, 'a test');
    expect(second).toBeGreaterThanOrEqual(first + 10);
    expect(second % 64).toBe(0);
    expect([...memory.view('int32', first, 2)]).toEqual([7, 8]);
    const view = memory.view('float32', second, 75_000);
    expect(view.every((x) => x === 0)).toBe(true);
    expect(view.buffer).toBe(memory.buffer);
  }
});

it('says what there was no memory for', () => {
  const memory = new LinearMemory(false);
  memory.allocate(1000, 'a test');
  const address = memory.bytes;
  expect(() => memory.allocate(5 * 2 ** 30, 'the arena of a program'))
    .toThrowErrorMatchingInlineSnapshot(`
    [MemoryError: [memory/limit] There is no memory left for the arena of a program.
      got       5120 MiB more, with 1344 bytes in use (RangeError: WebAssembly.Memory.grow(): Maximum memory size exceeded)
      expected  at most 4096 MiB for one model, and as much free memory in the machine
      fix       use smaller batches, or fewer or smaller layers]
  `);
  // Nothing was taken: what fits is still given.
  expect(memory.allocate(64, 'a test')).toBe(address);
});

it('keeps carried tensors of all dtypes, and copies what is read', () => {
  const family = new FamilyMemory(
    [
      { shape: [3], dtype: 'float32' },
      { shape: [], dtype: 'bool' },
      { shape: [2], dtype: 'float64' },
      { shape: [0, 4], dtype: 'float32' },
      { shape: [2], dtype: 'int32' },
    ],
    true,
  );
  family.write(0, [1.5, 2, 3]);
  family.write(1, [1]);
  family.write(2, [0.1, 0.2]);
  family.write(4, [-1, 5]);
  const before = family.read(0);
  family.linear.allocate(10_000_000, 'a test');
  family.write(0, [0, 0, 0]);
  expect([...before]).toEqual([1.5, 2, 3]);
  expect(before.buffer).toBeInstanceOf(ArrayBuffer);
  expect(family.read(1)).toEqual(new Uint8Array([1]));
  expect(family.read(2)).toEqual(new Float64Array([0.1, 0.2]));
  expect(family.read(3)).toEqual(new Float32Array(0));
  expect(family.read(4)).toEqual(new Int32Array([-1, 5]));
  for (const address of family.addresses) expect(address % 16).toBe(0);
});

it.each([true, false])(
  'leaves dropped memories to the garbage collector (shared: %s)',
  (shared) => {
    const before = process.memoryUsage.rss();
    // Without a turn of the event loop; 560 MB are touched in sum.
    for (let i = 0; i < 700; i++) {
      const memory = new LinearMemory(shared);
      memory.view('bool', memory.allocate(10_000_000, 'a test'), 800_000).fill(1);
    }
    expect(process.memoryUsage.rss() - before).toBeLessThan(0.3e9);
  },
  60_000,
);
