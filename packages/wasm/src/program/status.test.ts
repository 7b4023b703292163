import { compile, take, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { wasm } from '../backend.js';

test('a program throws for an index that does not exist, and runs on with the next ones', () => {
  const pick = compile((x: Tensor, i: Tensor) => take(x, i, { axis: 0 }), {
    backend: wasm({ threads: 1 }),
  });
  const x = tensor([10, 20, 30]);
  expect(() => pick(x, tensor(new Int32Array([0, 3])))).toThrow('take: index 3 does not exist');
  expect(pick(x, tensor(new Int32Array([2, 1]))).toArray()).toEqual([30, 20]);
});
