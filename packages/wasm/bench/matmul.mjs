/** GFLOP/s of matrix products: `node bench/matmul.mjs [wide]` after a build. */
import { matmul, tensor } from '@gradus/tensor';
import { createBackend, probeFeatures } from '@gradus/wasm';
import { programOf, secondsOf } from './measure.mjs';

const numbers = (shape) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(Float32Array.from({ length: size }, () => Math.random() - 0.5)).reshape(shape);
};
const wide = process.argv.includes('wide');
const features = probeFeatures({ threads: false, wide });
const backend = createBackend(features);
console.log(process.version, JSON.stringify(features));

const shapes = [
  ...[4, 8, 16, 32, 64, 100, 128, 256, 512, 1024].map((n) => [n, n, n]),
  [128, 128, 784],
  [128, 64, 128],
  [128, 10, 64],
  [784, 128, 128, 'xᵀ y'],
  [128, 128, 64, 'x yᵀ'],
  [64, 10, 128, 'xᵀ y'],
  [1600, 128, 64, 'xᵀ y'],
  [64, 1600, 128, 'x yᵀ'],
  [64, 128, 1600],
  [32, 256, 64],
  [1, 128, 784],
  [1, 512, 512],
  [1, 512, 512, 'x yᵀ'],
  [512, 1, 512],
  [9000, 4, 3],
  [9000, 1, 4],
  [3, 4, 9000, 'xᵀ y'],
  [4, 1, 9000, 'xᵀ y'],
  [9000, 4, 1, 'x yᵀ'],
  ...[256, 1024].flatMap((n) => [
    [n, n, n, 'xᵀ y'],
    [n, n, n, 'x yᵀ'],
  ]),
];
for (const [m, n, k, form = 'x y'] of shapes) {
  const transposeX = form.startsWith('xᵀ');
  const transposeY = form.endsWith('yᵀ');
  const program = programOf(
    backend,
    (x, y) => matmul(x, y, { transposeX, transposeY }),
    numbers(transposeX ? [k, m] : [m, k]),
    numbers(transposeY ? [n, k] : [k, n]),
  );
  const seconds = secondsOf(() => program.run([]));
  const rate = (2 * m * n * k) / seconds / 1e9;
  const size = `[${m},${k}] x [${k},${n}]`;
  console.log(
    `${size.padEnd(26)} ${form.padEnd(6)} ${rate.toFixed(1).padStart(6)} GFLOP/s ${(seconds * 1e6).toFixed(2).padStart(10)} us`,
  );
}
