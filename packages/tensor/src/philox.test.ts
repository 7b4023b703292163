import { expect, test } from 'vitest';
import { philoxBlock } from './philox.js';

const hex = (words: Int32Array): string[] =>
  [...words].map((word) => (word >>> 0).toString(16).padStart(8, '0'));

// The known answers that the authors of the generator publish with it.
test.each([
  { counter: [0, 0, 0, 0], key: [0, 0], answer: '6627e8d5 e169c58d bc57ac4c 9b00dbd8' },
  { counter: [-1, -1, -1, -1], key: [-1, -1], answer: '408f276d 41c83b0e a20bc7c6 6d5451fd' },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    answer: 'd16cfe09 94fdcceb 5001e420 24126ea1',
  },
])('Philox gives the published answer $answer', ({ counter, key, answer }) => {
  const out = new Int32Array(4);
  const [c0, c1, c2, c3] = counter as [number, number, number, number];
  const [k0, k1] = key as [number, number];
  philoxBlock(c0, c1, c2, c3, k0, k1, out);
  expect(hex(out).join(' ')).toBe(answer);
});
