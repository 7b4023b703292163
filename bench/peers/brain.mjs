// brain.js on one work: node bench/peers/brain.mjs <work>. It trains sample by sample, with its own activations, and has
// neither batches nor cross-entropy nor convolutions: its figures are for the nearest thing that it can do.
import { createRequire } from 'node:module';
import process from 'node:process';
import { imageData, noise, regressionData } from '../data.mjs';
import { figure, reportAbout } from '../measure.mjs';

const require = createRequire(import.meta.url);
const { NeuralNetwork, recurrent } = require('brain.js');
const note = 'sample by sample';

/** Samples in its form, inputs and outputs divided so that its activations can follow. */
const samples = (x, y, count, inputs, outputs, scaleX = 1, scaleY = 1) =>
  Array.from({ length: count }, (_, i) => ({
    input: Array.from(x.subarray(i * inputs, (i + 1) * inputs), (value) => value / scaleX),
    output: Array.from(y.subarray(i * outputs, (i + 1) * outputs), (value) => value / scaleY),
  }));

const training = (metric, options, list, iterations, items) =>
  figure(
    metric,
    () => {
      const net = new NeuralNetwork(options);
      const limits = { iterations, errorThresh: 1e-12, log: false };
      net.train(list, limits);
      return () => net.train(list, limits);
    },
    { items, note, totalMs: 2000, minSamples: 3 },
  );

const works = {
  online() {
    const { x, y, rows } = regressionData();
    const options = { hiddenLayers: [4], activation: 'leaky-relu', learningRate: 1e-3 };
    return training('online-step', options, samples(x, y, rows, 3, 1, 100, 600), 5, 5 * rows);
  },
  async mlp() {
    const { x, oneHot } = imageData(128);
    const list = samples(x, oneHot, 128, 784, 10);
    const options = { hiddenLayers: [128, 64], activation: 'relu', learningRate: 1e-6 };
    await training('mlp-train', options, list, 1, 128);
    await figure('mlp-infer-1', () => {
      const net = new NeuralNetwork(options);
      net.train(list.slice(0, 2), { iterations: 1 });
      const { input } = list[0];
      return () => net.run(input);
    });
  },
  lstm() {
    const sequences = 2;
    return figure(
      'lstm-train',
      () => {
        const net = new recurrent.LSTMTimeStep({
          inputSize: 32,
          hiddenLayers: [64],
          outputSize: 32,
        });
        const list = Array.from({ length: sequences }, (_, k) =>
          Array.from({ length: 50 }, (_unused, i) => Array.from(noise(32, k * 50 + i + 1))),
        );
        return () => net.train(list, { iterations: 1, errorThresh: 0 });
      },
      // Thirty-two sequences are one batch.
      { items: sequences / 32, note: 'its own network, sequence by sequence', minSamples: 2 },
    );
  },
};

await works[process.argv[2]]();
reportAbout({ version: require('brain.js/package.json').version });
process.exit(0);
