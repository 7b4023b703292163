/** GFLOP/s of convolutions and of their gradients: `node bench/conv.mjs [wide]` after a build. */
import { conv2d, conv2dTranspose, depthwiseConv2d, grad, tensor } from '@gradus/tensor';
import { createBackend, probeFeatures } from '@gradus/wasm';
import { programOf, secondsOf } from './measure.mjs';

const numbers = (shape) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(Float32Array.from({ length: size }, () => Math.random() - 0.5)).reshape(shape);
};
const features = probeFeatures({ threads: false, wide: process.argv.includes('wide') });
const backend = createBackend(features);
console.log(process.version, JSON.stringify(features));

const works = [
  ['28x28x1, 3x3, 32', conv2d, [64, 28, 28, 1], [3, 3, 1, 32], {}],
  ['13x13x32, 3x3, 64', conv2d, [64, 13, 13, 32], [3, 3, 32, 64], {}],
  ['13x13x32, 3x3, 64, batch 1', conv2d, [1, 13, 13, 32], [3, 3, 32, 64], {}],
  ['32x32x3, 3x3 same, 16', conv2d, [16, 32, 32, 3], [3, 3, 3, 16], { padding: 'same' }],
  ['14x14x128, 3x3 same, 128', conv2d, [8, 14, 14, 128], [3, 3, 128, 128], { padding: 'same' }],
  ['28x28x64, 1x1, 128', conv2d, [8, 28, 28, 64], [1, 1, 64, 128], {}],
  ['16x16x64, 3x3 / 2, 64', conv2d, [16, 16, 16, 64], [3, 3, 64, 64], { strides: 2 }],
  [
    '14x14x64, transposed 3x3 * 2, 32',
    conv2dTranspose,
    [8, 14, 14, 64],
    [3, 3, 32, 64],
    { strides: 2 },
  ],
  ['28x28x64, depthwise 3x3', depthwiseConv2d, [8, 28, 28, 64], [3, 3, 64, 1], { padding: 'same' }],
  [
    '28x28x64, 3x3, 4 groups, 64',
    conv2d,
    [8, 28, 28, 64],
    [3, 3, 16, 64],
    { padding: 'same', groups: 4 },
  ],
];
for (const [name, convolve, image, kernel, options] of works) {
  const [x, w] = [numbers(image), numbers(kernel)];
  const y = convolve(x, w, options);
  const g = numbers(y.shape);
  // Each output takes part in one multiplication for each number of its window; a transposed one, each input.
  const transposed = convolve === conv2dTranspose;
  const places = transposed ? x.size : y.size;
  const flops = (2 * places * w.size) / kernel.at(transposed || convolve === conv2d ? -1 : -2);
  const loss = (a, b) => convolve(a, b, options).mul(g).sum();
  const parts = [
    ['forward', (a, b) => convolve(a, b, options)],
    ['gradient of the input', (a, b) => grad((image) => loss(image, b))(a)],
    ['gradient of the kernel', (a, b) => grad((weights) => loss(a, weights))(b)],
  ];
  console.log(name);
  for (const [part, fn] of parts) {
    const program = programOf(backend, fn, x, w);
    const seconds = secondsOf(() => program.run([]));
    const rate = flops / seconds / 1e9;
    console.log(
      `  ${part.padEnd(24)} ${rate.toFixed(1).padStart(6)} GFLOP/s ${(seconds * 1e6).toFixed(1).padStart(10)} us`,
    );
  }
}
