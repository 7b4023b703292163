// TensorFlow.js on one work: node bench/peers/tfjs.mjs <work> <cpu|wasm>.
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import * as data from '../data.mjs';
import { figure, reportAbout } from '../measure.mjs';

const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs');
const [work, backend] = process.argv.slice(2);
if (backend === 'wasm') {
  const wasm = require('@tensorflow/tfjs-backend-wasm');
  const file = require.resolve('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(`${path.dirname(file)}/`);
}
await tf.setBackend(backend);
await tf.ready();
const { layers, train } = tf;

const network = (list, optimizer, loss = 'categoricalCrossentropy') => {
  const model = tf.sequential({ layers: list });
  model.compile({ optimizer, loss });
  return model;
};

const small = (optimizer) =>
  network(
    [layers.dense({ units: 4, inputShape: [3] }), layers.dense({ units: 1 })],
    optimizer,
    'meanSquaredError',
  );

const mlp = (optimizer) =>
  network(
    [
      layers.dense({ units: 128, activation: 'relu', inputShape: [784] }),
      layers.dense({ units: 64, activation: 'relu' }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
    optimizer,
  );

const cnn = (optimizer) =>
  network(
    [
      layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu', inputShape: [28, 28, 1] }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({ filters: 64, kernelSize: 3, activation: 'relu' }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 128, activation: 'relu' }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ],
    optimizer,
  );

const { x, y, rows } = data.regressionData();
const inputs = (count) => tf.tensor2d(x.slice(0, count * 3), [count, 3]);
const targets = (count) => tf.tensor2d(y.slice(0, count), [count, 1]);

const smallStep = (metric, optimizer, count) =>
  figure(metric, () => {
    const model = small(optimizer);
    const [input, target] = [inputs(count), targets(count)];
    return () => model.trainOnBatch(input, target);
  });

const smallFit = (metric, optimizer, options, items) =>
  figure(
    metric,
    () => {
      const model = small(optimizer);
      const [input, target] = [inputs(rows), targets(rows)];
      return () => model.fit(input, target, { verbose: 0, ...options });
    },
    { items, totalMs: 2000, minSamples: 3 },
  );

async function classifier(name, make, shape, batchSize, samples) {
  const images = (count) => {
    const { x: pixels, oneHot } = data.imageData(count);
    return { x: tf.tensor(pixels, [count, ...shape]), y: tf.tensor2d(oneHot, [count, 10]) };
  };
  const adam = () => train.adam(data.tinyRate);
  await figure(
    `${name}-train`,
    () => {
      const model = make(adam());
      const batch = images(batchSize);
      return () => model.trainOnBatch(batch.x, batch.y);
    },
    { items: batchSize, totalMs: 2000, minSamples: 3 },
  );
  // Half a minute a batch of the CNN on the cpu backend: once is enough.
  if (name !== 'cnn' || backend !== 'cpu')
    await figure(
      `${name}-fit`,
      () => {
        const model = make(adam());
        const all = images(samples);
        return () => model.fit(all.x, all.y, { batchSize, epochs: 1, verbose: 0 });
      },
      { items: samples, totalMs: 2000, minSamples: 2 },
    );
  for (const count of [1, batchSize])
    await figure(
      `${name}-infer-${count}`,
      () => {
        const model = make(adam());
        const batch = images(count);
        return () => {
          const output = model.predict(batch.x);
          output.dataSync();
          output.dispose();
        };
      },
      { items: count, minSamples: 3 },
    );
}

/** An operation whose result is thrown away at once; the cpu and wasm backends compute when called. */
const operation = (metric, run, items) =>
  figure(metric, () => () => run().dispose(), { items, minSamples: 3 });

const works = {
  async regression() {
    await smallStep('regression-step', train.sgd(1e-5), rows);
    await smallFit('regression-epoch', train.sgd(1e-5), { batchSize: rows, epochs: 10 }, 10);
  },
  async minibatch() {
    const options = { batchSize: 32, epochs: 1 };
    await smallFit('minibatch-fit', train.adam(1e-3), options, Math.ceil(rows / 32));
    await smallStep('minibatch-step', train.adam(1e-3), 32);
  },
  online: () => smallStep('online-step', train.sgd(1e-6), 1),
  mlp: () => classifier('mlp', mlp, [784], 128, 1280),
  cnn: () => classifier('cnn', cnn, [28, 28, 1], 64, 640),
  async matmul() {
    for (const n of [64, 128, 256, 512, 1024]) {
      // A plain loop: a second and more per call, and the same rate as at 512.
      if (backend === 'cpu' && n > 512) continue;
      const a = tf.tensor2d(data.noise(n * n), [n, n]);
      const b = tf.tensor2d(data.noise(n * n, 4), [n, n]);
      await operation(`matmul-${n}`, () => tf.matMul(a, b), 2 * n ** 3);
    }
  },
  async elementwise() {
    const a = tf.tensor1d(data.noise(1e6));
    const b = tf.tensor1d(data.noise(1e6, 4));
    const square = a.reshape([1000, 1000]);
    await operation('exp', () => tf.exp(a), 8e6);
    await operation('softmax', () => tf.softmax(square), 8e6);
    await operation('add', () => tf.add(a, b), 12e6);
    await operation('sum', () => tf.sum(a), 4e6);
  },
  lstm: () =>
    figure(
      'lstm-train',
      () => {
        const model = network(
          [layers.lstm({ units: 64, inputShape: [50, 32] }), layers.dense({ units: 1 })],
          train.adam(1e-3),
          'meanSquaredError',
        );
        const input = tf.tensor3d(data.noise(32 * 50 * 32), [32, 50, 32]);
        const target = tf.tensor2d(data.noise(32, 4), [32, 1]);
        return () => model.trainOnBatch(input, target);
      },
      { totalMs: 2000, minSamples: 3 },
    ),
  async eager() {
    const a = tf.tensor2d(data.noise(16), [4, 4]);
    const b = tf.tensor2d(data.noise(16, 4), [4, 4]);
    await operation('eager-add', () => tf.add(a, b));
  },
};

await works[work]();
reportAbout({ version: tf.version.tfjs, backend: tf.getBackend() });
process.exit(0);
