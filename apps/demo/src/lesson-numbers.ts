/** Steps 1 to 3: a table of numbers, two small networks that learn from it, and what they have learned. */
import path from 'node:path';
import { plane, standardScaler, trainTestSplit } from '@gradus/data';
import type { StandardScaler } from '@gradus/data';
import { readCsv, writeCsv } from '@gradus/io';
import { dense, input } from '@gradus/layers';
import { sequential } from '@gradus/models';
import type { Sequential } from '@gradus/models';
import { sgd } from '@gradus/optimizers';
import { concatenate, matmul, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { heading, say, show, table } from './narrate.js';
import { r2, showR2 } from './scores.js';
import { watch } from './watch.js';

/** Rows of x, y, z and their targets. */
export interface Rows {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** A trained network with the scales it was trained in. */
export interface NumbersNetwork {
  readonly model: Sequential;
  readonly xScaler: StandardScaler;
  readonly yScaler: StandardScaler;
}

/** Step 1: makes the rows, writes them to a file, reads the file, and keeps a tenth of the rows for the test. */
export async function makeNumbers(
  folder: string,
  count = 10_000,
): Promise<{ train: Rows; test: Rows; file: string }> {
  heading('1. Numbers with a secret');
  say(
    `We draw ${count} rows of three whole numbers x, y, z from 0 to 99 and give each row the target x + 2y + 3z. The networks are shown rows and targets, never the formula: can they find 1, 2 and 3?`,
  );
  const { x, y } = plane({ rows: count, seed: 1 });
  const file = path.join(folder, 'numbers.csv');
  const column = (i: number): Int32Array =>
    x.slice([0, i], [count, 1]).cast('int32').data as Int32Array;
  await writeCsv(file, { x: column(0), y: column(1), z: column(2), target: y.cast('int32').data });

  // From here on everything comes from the file, as it would with your own data.
  const read = await readCsv(file);
  const matrix = (names: string[]): Tensor => {
    const { data, shape } = read.toMatrix(names);
    return tensor(data, { shape });
  };
  const split = trainTestSplit(
    { x: matrix(['x', 'y', 'z']), y: matrix(['target']) },
    { testSize: count / 10, seed: 1 },
  );
  const first = [0, 1, 2].map((row) => read.columns.map((name) => String(read.numbers(name)[row])));
  show(table([[...read.columns], ...first]));
  say(
    `The rows are in numbers.csv and were read back from there. ${split.train.y.shape[0]} rows are for training. The other ${split.test.y.shape[0]} are kept away from it, because a network that is good on rows it has seen may only have memorised them.`,
  );
  return { ...split, file };
}

/** Step 2: trains a network of linear layers, in which every neuron of the last layer learns the target. */
export async function trainNumbers(
  train: Rows,
  layers: readonly number[],
  { epochs, learningRate }: { readonly epochs: number; readonly learningRate: number },
): Promise<NumbersNetwork> {
  // All columns get mean 0 and spread 1. In their own units (0 to 99) a step that is right for the weights
  // would be thousands of times too small for the biases.
  const xScaler = standardScaler().fit(train.x);
  const yScaler = standardScaler().fit(train.y);

  const model = sequential(
    [input({ shape: [3] }), ...layers.map((units, i) => dense({ units, name: `layer${i + 1}` }))],
    { seed: 1 },
  );
  model.compile({ optimizer: sgd({ learningRate }), loss: 'mse' });

  // Every output neuron has the same target, so the column is repeated.
  const y = yScaler.transform(train.y);
  const targets = concatenate(
    Array.from({ length: layers.at(-1) ?? 1 }, () => y),
    { axis: 1 },
  );

  // One batch with all rows: each epoch is one step straight down the slope of the mean squared error.
  const batchSize = train.x.shape[0] ?? 1;
  await watch(
    model.fit(xScaler.transform(train.x), targets, {
      epochs,
      batchSize,
      shuffle: false,
      verbose: 0,
    }),
    epochs,
  );
  return { model, xScaler, yScaler };
}

/** The network's answer: the mean of its output neurons, in the units of the target. */
export function predictNumbers({ model, xScaler, yScaler }: NumbersNetwork, x: Tensor): Tensor {
  const outputs = model.predict(xScaler.transform(x), { batchSize: 1000 }) as Tensor;
  return yScaler.inverse(outputs.mean({ axis: 1, keepDims: true }));
}

/**
 * Linear layers one after another are one linear formula: multiply their kernels. Undoing the scaling gives the
 * coefficients in the units of the table; averaging the outputs averages their formulas.
 */
export function coefficients({ model, xScaler, yScaler }: NumbersNetwork): {
  weights: number[][];
  biases: number[];
} {
  const [first, ...others] = model.getWeights();
  let kernel = first as Tensor;
  let bias = others.shift() as Tensor;
  while (others.length > 0) {
    const next = others.shift() as Tensor;
    kernel = matmul(kernel, next);
    bias = matmul(bias.reshape([1, -1]), next)
      .add(others.shift() as Tensor)
      .flatten();
  }
  const yStd = yScaler.std.item();
  const weights = kernel.div(xScaler.std.reshape([-1, 1])).mul(yStd);
  const shift = matmul(xScaler.mean.reshape([1, -1]), weights).flatten();
  const biases = bias.mul(yStd).add(yScaler.mean.item()).sub(shift);
  return {
    weights: weights.transpose().toArray() as number[][],
    biases: biases.toArray() as number[],
  };
}

const average = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

/** Step 3: the coefficients beside the truth, and R² on rows that the network has never seen. */
export function reportNumbers(network: NumbersNetwork, test: Rows): { test: number; far: number } {
  const { weights, biases } = coefficients(network);
  const row = (name: string, of: readonly number[], bias: number): string[] => [
    name,
    ...of.map((value) => value.toFixed(5)),
    bias.toFixed(4),
  ];
  const mean = [0, 1, 2].map((i) => average(weights.map((neuron) => neuron[i] ?? NaN)));
  show(
    table([
      ['', 'x', 'y', 'z', 'bias'],
      ['truth', '1', '2', '3', '0'],
      ...weights.map((neuron, i) => row(`output ${i + 1}`, neuron, biases[i] ?? NaN)),
      row('mean', mean, average(biases)),
    ]),
  );
  const far = plane({ rows: 100, seed: 2, low: 5000, high: 10_000 });
  const scores = {
    test: r2(test.y, predictNumbers(network, test.x)),
    far: r2(far.y, predictNumbers(network, far.x)),
  };
  show(`R² on the test rows:                     ${showR2(scores.test)}`);
  show(`R² on 100 rows from 5000 to 10000:       ${showR2(scores.far)}`);
  return scores;
}

/** Steps 1 to 3 in full; returns the second network, which the next lesson draws. */
export async function lessonNumbers(
  folder: string,
): Promise<{ network: NumbersNetwork; train: Rows; test: Rows }> {
  const { train, test } = await makeNumbers(folder);

  heading('2. Two networks learn');
  say(
    'The first network has a layer of 4 neurons and a layer of 3. Each of the 3 output neurons learns the target, and the prediction is their mean. A neuron multiplies its inputs with weights, adds a bias, and that is all: training finds the weights, by stepping again and again against the slope of the mean squared error (gradient descent, all rows at once). The loss is measured in standardised units: 1 means no better than guessing the mean.',
  );
  const first = await trainNumbers(train, [4, 3], { epochs: 300, learningRate: 0.1 });
  say('The second network is a single layer of 3 neurons: fewer weights, and a simpler way down.');
  const second = await trainNumbers(train, [3], { epochs: 80, learningRate: 0.5 });

  heading('3. What they found');
  say(
    'Without a bend between them, layers of neurons are one formula a·x + b·y + c·z + bias, which we can read out of the weights. First network:',
  );
  reportNumbers(first, test);
  say('Second network:');
  reportNumbers(second, test);
  say(
    'R² is the share of the variation that the prediction explains; 1 is perfect. That it holds for numbers a hundred times larger than any in training shows that the networks have found the rule and not a list of answers.',
  );
  return { network: second, train, test };
}
