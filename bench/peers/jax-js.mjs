// jax-js on one work: node bench/peers/jax-js.mjs <work>. Arrays are owned: an operation uses its arguments up, and
// `.ref` keeps one for later. It computes when a result is read, so every step reads its loss.
import process from 'node:process';
import { createRequire } from 'node:module';
import { defaultDevice, init, jit, lax, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import * as data from '../data.mjs';
import { figure, longRun, reportAbout } from '../measure.mjs';

await init('wasm');
defaultDevice('wasm');

const array = (values, shape) => np.array(values).reshape(shape);
const kept = (arrays) => arrays.map((each) => each.ref);
const kernel = (shape, inputs, outputs, seed) => {
  const count = shape.reduce((product, n) => product * n, 1);
  return array(data.glorot(count, inputs, outputs, seed), shape);
};
const dense = (x, w, b) => np.matmul(x, w).add(b);
const squaredError = (prediction, y) => {
  const difference = prediction.sub(y);
  return np.mean(difference.ref.mul(difference));
};
const crossentropy = (logits, y) => np.mean(np.sum(nn.logSoftmax(logits).mul(y), -1)).mul(-1);

/** One SGD step as a compiled function; returns `(x, y) => loss` over parameters that it owns. */
function sgdTrainer(start, loss, rate) {
  let parameters = start;
  const step = jit((values, x, y) => {
    const [value, gradients] = valueAndGrad(loss)(kept(values), x, y);
    return [values.map((w, i) => w.sub(gradients[i].mul(rate))), value];
  });
  return (x, y) => {
    const [next, value] = step(parameters, x.ref, y.ref);
    parameters = next;
    return value.dataSync()[0];
  };
}

/** One Adam step as a compiled function, with the moments and the count of steps carried along. */
function adamTrainer(start, loss, rate = 1e-3) {
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-7];
  let state = {
    values: start,
    first: start.map((w) => np.zerosLike(w.ref)),
    second: start.map((w) => np.zerosLike(w.ref)),
    count: np.array(0),
  };
  const step = jit(({ values, first, second, count }, x, y) => {
    const [value, gradients] = valueAndGrad(loss)(kept(values), x, y);
    const steps = count.add(1);
    const bias = (beta) => np.subtract(1, np.exp(steps.ref.mul(Math.log(beta))));
    const length = np.sqrt(bias(beta2)).div(bias(beta1)).mul(rate);
    const nextFirst = first.map((m, i) => m.mul(beta1).add(gradients[i].ref.mul(1 - beta1)));
    const nextSecond = second.map((v, i) =>
      v.mul(beta2).add(gradients[i].ref.mul(gradients[i]).mul(1 - beta2)),
    );
    const nextValues = values.map((w, i) =>
      w.sub(nextFirst[i].ref.mul(length.ref).div(np.sqrt(nextSecond[i].ref).add(epsilon))),
    );
    length.dispose();
    return [{ values: nextValues, first: nextFirst, second: nextSecond, count: steps }, value];
  });
  return (x, y) => {
    const [next, value] = step(state, x.ref, y.ref);
    state = next;
    return value.dataSync()[0];
  };
}

const smallParameters = () => [
  kernel([3, 4], 3, 4, 1),
  np.zeros([4]),
  kernel([4, 1], 4, 1, 2),
  np.zeros([1]),
];
const smallLoss = ([w1, b1, w2, b2], x, y) => squaredError(dense(dense(x, w1, b1), w2, b2), y);

const mlpParameters = () =>
  data.mlpLayers.flatMap(([inputs, outputs], i) => [
    kernel([inputs, outputs], inputs, outputs, i + 1),
    np.zeros([outputs]),
  ]);
const mlp = ([w1, b1, w2, b2, w3, b3], x) =>
  dense(nn.relu(dense(nn.relu(dense(x, w1, b1)), w2, b2)), w3, b3);

/** Halves height and width by maxima; an odd last row or column is cut off. [batch, channels, height, width] */
function halve(x) {
  const [batch, channels, height, width] = x.shape;
  const [h, w] = [height >> 1, width >> 1];
  const even = (height | width) & 1 ? x.slice([], [], [0, 2 * h], [0, 2 * w]) : x;
  return np.max(even.reshape([batch, channels, h, 2, w, 2]), [3, 5]);
}
const cnnParameters = () => [
  kernel([32, 1, 3, 3], 9, 288, 1),
  np.zeros([32, 1, 1]),
  kernel([64, 32, 3, 3], 288, 576, 2),
  np.zeros([64, 1, 1]),
  kernel([1600, 128], 1600, 128, 3),
  np.zeros([128]),
  kernel([128, 10], 128, 10, 4),
  np.zeros([10]),
];
function cnn([k1, c1, k2, c2, w1, b1, w2, b2], x) {
  const block = (input, weights, bias) =>
    halve(nn.relu(lax.conv(input, weights, [1, 1], 'VALID').add(bias)));
  const features = block(block(x, k1, c1), k2, c2);
  return dense(nn.relu(dense(features.reshape([features.shape[0], 1600]), w1, b1)), w2, b2);
}

async function classifier(name, forward, parameters, shape, batchSize) {
  const images = (count) => {
    const { x, oneHot } = data.imageData(count);
    return { x: array(x, [count, ...shape]), y: array(oneHot, [count, 10]) };
  };
  await figure(
    `${name}-train`,
    () => {
      const loss = (p, x, y) => crossentropy(forward(p, x), y);
      const step = adamTrainer(parameters(), loss, data.tinyRate);
      const { x, y } = images(batchSize);
      return () => step(x, y);
    },
    { items: batchSize, totalMs: 2000, minSamples: 3 },
  );
  for (const count of [1, batchSize])
    await figure(
      `${name}-infer-${count}`,
      () => {
        const weights = parameters();
        const predict = jit((p, x) => nn.softmax(forward(p, x)));
        const { x } = images(count);
        return () => predict(kept(weights), x.ref).dataSync();
      },
      { items: count, minSamples: 3 },
    );
}

/** A compiled operation, waited for. */
const operation = (metric, run, inputs, items) =>
  figure(
    metric,
    () => {
      const compiled = jit(run);
      return async () => {
        const output = compiled(...kept(inputs));
        await output.blockUntilReady();
        output.dispose();
      };
    },
    { items, minSamples: 3 },
  );

const { x: rowsX, y: rowsY, rows } = data.regressionData();
const inputs = (count) => array(rowsX.slice(0, 3 * count), [count, 3]);
const targets = (count) => array(rowsY.slice(0, count), [count, 1]);
const smallStep = (metric, step, count) =>
  figure(metric, () => {
    const [x, y] = [inputs(count), targets(count)];
    return () => step(x, y);
  });

/** Fifty unrolled steps of an LSTM over `[steps, batch, features]`: there is no scan. */
function lstm([wx, wh, b, wo, bo], x, { steps, batch, units, features }) {
  const all = dense(x.reshape([steps * batch, features]), wx, b).reshape([steps, batch, 4 * units]);
  let h = np.zeros([batch, units]);
  let c = np.zeros([batch, units]);
  for (let t = 0; t < steps; t++) {
    const z = all.ref.slice(t).add(np.matmul(h, wh.ref));
    const part = (k) => z.ref.slice([], [k * units, (k + 1) * units]);
    const [input, candidate] = [nn.sigmoid(part(0)), np.tanh(part(2))];
    const [forget, output] = [nn.sigmoid(part(1)), nn.sigmoid(part(3))];
    z.dispose();
    c = forget.mul(c).add(input.mul(candidate));
    h = output.mul(np.tanh(c.ref));
  }
  for (const each of [all, wh, c]) each.dispose();
  return dense(h, wo, bo);
}

const works = {
  regression: () =>
    smallStep('regression-step', sgdTrainer(smallParameters(), smallLoss, 1e-5), rows),
  async minibatch() {
    await smallStep('minibatch-step', adamTrainer(smallParameters(), smallLoss), 32);
    await figure(
      'minibatch-fit',
      () => {
        const step = adamTrainer(smallParameters(), smallLoss);
        const order = Int32Array.from({ length: rows }, (_, i) => i);
        const steps = Math.floor(rows / 32);
        return () => {
          for (let i = rows - 1; i > 0; i--) {
            const j = Math.floor(Math.random() * (i + 1));
            [order[i], order[j]] = [order[j], order[i]];
          }
          for (let s = 0; s < steps; s++) {
            const x = new Float32Array(96);
            const y = new Float32Array(32);
            for (let k = 0; k < 32; k++) {
              const row = order[s * 32 + k];
              x.set(rowsX.subarray(3 * row, 3 * row + 3), 3 * k);
              y[k] = rowsY[row];
            }
            step(array(x, [32, 3]), array(y, [32, 1]));
          }
        };
      },
      { items: Math.floor(rows / 32), note: 'own loop', minSamples: 3 },
    );
  },
  online: () => smallStep('online-step', sgdTrainer(smallParameters(), smallLoss, 1e-6), 1),
  mlp: () => classifier('mlp', mlp, mlpParameters, [784], 128),
  cnn: () => classifier('cnn', cnn, cnnParameters, [1, 28, 28], 64),
  async matmul() {
    for (const n of [64, 128, 256, 512, 1024]) {
      const square = (seed) => array(data.noise(n * n, seed), [n, n]);
      await operation(`matmul-${n}`, (a, b) => np.matmul(a, b), [square(3), square(4)], 2 * n ** 3);
    }
  },
  async elementwise() {
    const a = array(data.noise(1e6), [1e6]);
    const b = array(data.noise(1e6, 4), [1e6]);
    const square = a.ref.reshape([1000, 1000]);
    await operation('exp', (x) => np.exp(x), [a], 8e6);
    await operation('softmax', (x) => nn.softmax(x), [square], 8e6);
    await operation('add', (x, y) => x.add(y), [a, b], 12e6);
    await operation('sum', (x) => np.sum(x), [a], 4e6);
  },
  lstm: () =>
    figure(
      'lstm-train',
      () => {
        const sizes = { steps: 50, batch: 32, units: 64, features: 32 };
        const parameters = [
          kernel([32, 256], 32, 256, 1),
          kernel([64, 256], 64, 256, 2),
          np.zeros([256]),
          kernel([64, 1], 64, 1, 3),
          np.zeros([1]),
        ];
        const step = adamTrainer(parameters, (p, x, y) => squaredError(lstm(p, x, sizes), y));
        const x = array(data.noise(50 * 32 * 32), [50, 32, 32]);
        const y = array(data.noise(32, 4), [32, 1]);
        return () => step(x, y);
      },
      { totalMs: 2000, minSamples: 3 },
    ),
  async eager() {
    const a = array(data.noise(16), [4, 4]);
    const b = array(data.noise(16, 4), [4, 4]);
    await figure('eager-add', () => () => a.ref.add(b.ref).dataSync());
  },
  async subnormal() {
    const step = adamTrainer(mlpParameters(), (p, x, y) => crossentropy(mlp(p, x), y));
    const { x, oneHot } = data.imageData(32);
    const batch = { x: array(x, [32, 784]), y: array(oneHot, [32, 10]) };
    await longRun('subnormal', () => step(batch.x, batch.y));
  },
};

await works[process.argv[2]]();
const manifest = createRequire(import.meta.url)
  .resolve('@jax-js/jax')
  .replace(/dist.*$/, 'package.json');
reportAbout({ version: createRequire(import.meta.url)(manifest).version });
process.exit(0);
