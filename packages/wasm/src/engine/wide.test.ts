import { matmul, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { compile } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { createBackend } from '../backend.js';
import { hasRelaxedSimd, probeFeatures } from './features.js';
import { compileWide, hasWide } from './wide.js';

test('the answer stays the same, and nobody gets wide code who does not want it', () => {
  expect(hasWide()).toBe(hasWide());
  expect(probeFeatures({ threads: false, wide: false }).wide).toBe(false);
  if (!hasRelaxedSimd()) expect(probeFeatures({ threads: false, wide: true }).wide).toBe(false);
});

test('compiling with flags leaves modules that others can use', () => {
  const empty = new Uint8Array([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  expect(compileWide(empty)).toBeInstanceOf(WebAssembly.Module);
  expect(() => compileWide(new Uint8Array([1, 2, 3]))).toThrow(WebAssembly.CompileError);
});

test.runIf(hasRelaxedSimd())(
  'the shape of wide kernels gives the same bits as the narrow one',
  () => {
    const numbers = (count: number): Tensor =>
      tensor(Float32Array.from({ length: count }, (_, i) => Math.sin(i * i)));
    const [x, y] = [numbers(70 * 90).reshape([70, 90]), numbers(90 * 75).reshape([90, 75])];
    const on = (wide: boolean): ArrayLike<number> =>
      compile((a: Tensor, b: Tensor) => matmul(a, b), {
        backend: createBackend({ relaxed: true, shared: false, wide }),
      })(x, y).data;
    expect(on(true)).toEqual(on(false));
  },
);
