// The smallest way to Sequential and fit that its documents name: layers, core and one backend.
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

await tf.setBackend('cpu');
const model = tfl.sequential({
  layers: [tfl.layers.dense({ units: 4, inputShape: [3] }), tfl.layers.dense({ units: 1 })],
});
model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
await model.fit(tf.tensor2d([[0.1, 0.2, 0.3]]), tf.tensor2d([[1.4]]), { epochs: 1, verbose: 0 });
console.log('done');
