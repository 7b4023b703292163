// The MLP, the CNN and the LSTM: training steps as compiled programs, training through fit, and inference.
import {
  adam,
  conv2d,
  dense,
  flatten,
  lstm,
  maxPooling2d,
  ops,
  sequential,
  tensor,
  zeros,
} from 'gradus';
import { glorot, imageData, mlpLayers, noise, tinyRate } from '../data.mjs';
import { figure, longRun } from '../measure.mjs';
import { trainer } from './trainer.mjs';

const kernel = (shape, inputs, outputs, seed) => {
  const count = shape.reduce((product, n) => product * n, 1);
  return tensor(glorot(count, inputs, outputs, seed), { shape });
};

const crossentropy = (logits, oneHot) =>
  ops.logSoftmax(logits).mul(oneHot).sum({ axis: -1 }).mean().neg();

const mlpParameters = () =>
  mlpLayers.flatMap(([inputs, outputs], i) => [
    kernel([inputs, outputs], inputs, outputs, i + 1),
    zeros([outputs]),
  ]);

function mlpLoss([w1, b1, w2, b2, w3, b3], x, y) {
  const first = ops.relu(ops.matmul(x, w1).add(b1));
  const second = ops.relu(ops.matmul(first, w2).add(b2));
  return crossentropy(ops.matmul(second, w3).add(b3), y);
}

const mlpNetwork = () =>
  sequential(
    [
      dense({ units: 128, activation: 'relu' }),
      dense({ units: 64, activation: 'relu' }),
      dense({ units: 10, activation: 'softmax' }),
    ],
    { inputShape: [784] },
  );

const cnnParameters = () => [
  kernel([3, 3, 1, 32], 9, 288, 1),
  zeros([32]),
  kernel([3, 3, 32, 64], 288, 576, 2),
  zeros([64]),
  kernel([1600, 128], 1600, 128, 3),
  zeros([128]),
  kernel([128, 10], 128, 10, 4),
  zeros([10]),
];

function cnnLoss([k1, c1, k2, c2, w1, b1, w2, b2], x, y) {
  const block = (input, weights, bias) =>
    ops.maxPool(ops.relu(ops.conv2d(input, weights).add(bias)), { poolSize: 2 });
  const features = block(block(x, k1, c1), k2, c2).reshape([-1, 1600]);
  return crossentropy(ops.matmul(ops.relu(ops.matmul(features, w1).add(b1)), w2).add(b2), y);
}

const cnnNetwork = () =>
  sequential(
    [
      conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }),
      maxPooling2d({ poolSize: 2 }),
      conv2d({ filters: 64, kernelSize: 3, activation: 'relu' }),
      maxPooling2d({ poolSize: 2 }),
      flatten(),
      dense({ units: 128, activation: 'relu' }),
      dense({ units: 10, activation: 'softmax' }),
    ],
    { inputShape: [28, 28, 1] },
  );

/** Images as tensors: `x` [count, ...shape], `y` one-hot [count, 10]. */
function images(count, shape) {
  const { x, oneHot } = imageData(count);
  return { x: tensor(x, { shape: [count, ...shape] }), y: tensor(oneHot, { shape: [count, 10] }) };
}

/** What MLP and CNN are both measured in. */
async function classifier({ name, network, parameters, loss, shape, batchSize, samples }) {
  await figure(
    `${name}-train`,
    () => {
      const step = trainer(parameters(), loss, adam({ learningRate: tinyRate }));
      const { x, y } = images(batchSize, shape);
      return () => step(x, y);
    },
    { items: batchSize, totalMs: 2000 },
  );
  await figure(
    `${name}-fit`,
    () => {
      const model = network().compile({
        optimizer: adam({ learningRate: tinyRate }),
        loss: 'categoricalCrossentropy',
      });
      const { x, y } = images(samples, shape);
      return () => model.fit(x, y, { batchSize, epochs: 1, verbose: 0 });
    },
    { items: samples, totalMs: 2000, minSamples: 3 },
  );
  for (const count of [1, batchSize])
    await figure(
      `${name}-infer-${count}`,
      () => {
        const model = network();
        const { x } = images(count, shape);
        return () => model.predictOnBatch(x);
      },
      { items: count },
    );
}

export const mlp = () =>
  classifier({
    name: 'mlp',
    network: mlpNetwork,
    parameters: mlpParameters,
    loss: mlpLoss,
    shape: [784],
    batchSize: 128,
    samples: 12_800,
  });

export const cnn = () =>
  classifier({
    name: 'cnn',
    network: cnnNetwork,
    parameters: cnnParameters,
    loss: cnnLoss,
    shape: [28, 28, 1],
    batchSize: 64,
    samples: 640,
  });

export async function lstmTraining() {
  await figure(
    'lstm-train',
    () => {
      const model = sequential([lstm({ units: 64 }), dense({ units: 1 })], {
        inputShape: [50, 32],
      }).compile({ optimizer: adam(), loss: 'mse' });
      const x = tensor(noise(32 * 50 * 32), { shape: [32, 50, 32] });
      const y = tensor(noise(32, 4), { shape: [32, 1] });
      return () => model.trainOnBatch(x, y);
    },
    { totalMs: 2000 },
  );
}

export async function subnormal() {
  const step = trainer(mlpParameters(), mlpLoss, adam());
  const { x, y } = images(32, [784]);
  await longRun('subnormal', () => step(x, y));
}
