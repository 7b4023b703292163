/**
 * Two pictures in, two answers out: do they show the same digit, and what is the sum of the digits?
 *
 * Both pictures go through the same layers, so what is learned on one side helps on the other; and both answers grow from
 * the same features. Between layers stand plain operations: a difference, a product, a mean.
 */
import { fileURLToPath } from 'node:url';
import {
  adam,
  dense,
  input,
  io,
  key,
  layerNormalization,
  model,
  ops,
  sequential,
  tensor,
} from 'gradus';

const file = fileURLToPath(new URL('../../apps/demo/data/digits.csv', import.meta.url));

export async function main({ quick = false } = {}): Promise<{
  sameAccuracy: number;
  sumError: number;
}> {
  const table = await io.readCsv(file);
  const pixels = table.select(table.columns.slice(0, -1)).toMatrix();
  const pictures = tensor(pixels.data, { shape: [table.rowCount, 64] }).div(16);
  const digits = tensor(table.numbers('digit'), { dtype: 'float32' });

  // Every sample is two rows of the table, drawn at random from some of it.
  const pairs = (count: number, name: string, low: number, high: number) => {
    const draw = (side: string) => ops.randomInt(key(name + side), [count], { low, high });
    const [left, right] = [draw('left'), draw('right')];
    const [a, b] = [digits.take(left, { axis: 0 }), digits.take(right, { axis: 0 })];
    return {
      x: { left: pictures.take(left, { axis: 0 }), right: pictures.take(right, { axis: 0 }) },
      y: { same: a.equal(b).cast('float32').expandDims(-1), sum: a.add(b).expandDims(-1) },
    };
  };
  const known = Math.floor(0.8 * table.rowCount);
  const train = pairs(quick ? 4000 : 20000, 'train', 0, known);
  const test = pairs(1000, 'test', known, table.rowCount);

  const left = input({ shape: [64], name: 'left' });
  const right = input({ shape: [64], name: 'right' });
  // A model is a layer too. Called twice, it shares its weights.
  const look = sequential([
    dense({ units: 64, activation: 'relu' }),
    dense({ units: 32 }),
    layerNormalization(),
  ]);
  const [a, b] = [look(left), look(right)];

  // The distance of what was seen says how different the pictures are. Operations are methods of symbolic tensors, or
  // functions of `ops`; the model keeps them like layers, so it can still be saved.
  const distance = a.sub(b).square().mean({ axis: -1, keepDims: true });
  const same = dense({ units: 1, activation: 'sigmoid' })(distance.mul(4));
  const value = dense({ units: 32, activation: 'relu' });
  const sum = dense({ units: 1 })(ops.add(value(a), value(b)));

  const network = model({ inputs: { left, right }, outputs: { same, sum }, seed: 3 });
  network.compile({
    optimizer: adam({ learningRate: 0.003 }),
    // Each output has its own loss. Squares of sums are large numbers, so they count less.
    loss: { same: 'binaryCrossentropy', sum: 'mse' },
    lossWeights: { same: 1, sum: 0.05 },
    metrics: { same: ['accuracy'], sum: ['mae'] },
  });
  await network.fit(train.x, train.y, {
    epochs: quick ? 12 : 20,
    batchSize: 64,
    verbose: quick ? 0 : 'auto',
  });
  // Predictions have the form of the outputs.
  const answers = network.predict(test.x);
  if (!quick) {
    console.log('the first pair is alike with probability', answers.same.data[0]);
    console.log('and its sum is', answers.sum.data[0], 'in truth', test.y.sum.data[0]);
  }
  // Names of metrics carry the name of their output.
  const measured = await network.evaluate(test.x, test.y, { verbose: 0 });
  return { sameAccuracy: measured['same_accuracy'] ?? NaN, sumError: measured['sum_mae'] ?? NaN };
}

if (import.meta.main) console.log(await main());
