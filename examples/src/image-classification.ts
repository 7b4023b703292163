/**
 * Reading handwritten digits with a convolutional network.
 *
 * A dense layer would look at 64 unrelated numbers. A convolution knows that pixels have neighbours: it slides small
 * windows over the picture, so a stroke that it learned in one corner is found in every corner.
 */
import { fileURLToPath } from 'node:url';
import {
  adam,
  conv2d,
  data,
  dense,
  dropout,
  flatten,
  io,
  maxPooling2d,
  rescaling,
  sequential,
  tensor,
} from 'gradus';

const file = fileURLToPath(new URL('../../apps/demo/data/digits.csv', import.meta.url));

export async function main({ quick = false } = {}): Promise<{ accuracy: number }> {
  // One row of the file is one picture: 8 × 8 pixels from 0 to 16, then the digit that was written.
  const table = await io.readCsv(file);
  const pixels = table.select(table.columns.slice(0, -1)).toMatrix();
  // Convolutions want height, width and channels. Grey pictures have one channel.
  const x = tensor(pixels.data, { shape: [table.rowCount, 8, 8, 1] });
  const y = tensor(table.numbers('digit'), { dtype: 'int32' });

  // Pictures that the network has never seen tell whether it learned to read, or only learned these pictures by heart.
  const { train, test } = data.trainTestSplit(
    { x, y },
    { trainSize: quick ? 600 : 1400, testSize: 300, seed: 1, stratify: y },
  );

  const model = sequential(
    [
      // Part of the model, so that whoever uses it later cannot forget it.
      rescaling({ scale: 1 / 16 }),
      conv2d({ filters: 16, kernelSize: 3, padding: 'same', activation: 'relu' }),
      // Keeps the strongest answer of every 2 × 2 square: smaller, and less sensitive to where exactly a stroke is.
      maxPooling2d(),
      conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }),
      flatten(),
      // Forgets half of what it sees, at random and only in training, so that no pixel becomes indispensable.
      dropout({ rate: 0.5 }),
      dense({ units: 10, activation: 'softmax' }),
    ],
    { inputShape: [8, 8, 1], seed: 7 },
  );
  if (!quick) model.summary();

  // "Sparse" says that targets are class numbers such as 3, not rows such as 0 0 0 1 0 0 0 0 0 0.
  model.compile({
    optimizer: adam({ learningRate: 0.003 }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  await model.fit(train.x, train.y, {
    epochs: quick ? 15 : 30,
    batchSize: 32,
    validationData: [test.x, test.y],
    verbose: quick ? 0 : 'auto',
  });

  const { accuracy = NaN } = await model.evaluate(test.x, test.y, { verbose: 0 });
  // The class with the highest probability is the answer.
  const answers = model.predict(test.x.slice([0, 0, 0, 0], [10, 8, 8, 1])).argMax({ axis: -1 });
  if (!quick) console.log('read', answers.toArray(), 'written', test.y.slice([0], [10]).toArray());
  return { accuracy };
}

if (import.meta.main) console.log(await main());
