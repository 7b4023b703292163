// As tfjs-cpu.mjs, with the WASM backend; in a bundle its .wasm file comes on top.
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

if (typeof process !== 'undefined') {
  const { createRequire } = await import('node:module');
  const file = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(file.replace(/[^/]*$/, ''));
}
await tf.setBackend('wasm');
const model = tfl.sequential({
  layers: [tfl.layers.dense({ units: 4, inputShape: [3] }), tfl.layers.dense({ units: 1 })],
});
model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
await model.fit(tf.tensor2d([[0.1, 0.2, 0.3]]), tf.tensor2d([[1.4]]), { epochs: 1, verbose: 0 });
console.log('done');
