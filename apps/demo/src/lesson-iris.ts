/** Step 6: which of three kinds of iris is it? Four lengths decide. */
import { standardScaler } from '@gradus/data';
import { activation, batchNormalization, dense, dropout, input } from '@gradus/layers';
import { sequential } from '@gradus/models';
import type { Sequential } from '@gradus/models';
import { adam } from '@gradus/optimizers';
import type { Tensor } from '@gradus/tensor';
import { heading, say, show } from './narrate.js';
import { compareWithKeras, readRealData } from './real-data.js';
import { accuracy, showConfusion } from './scores.js';
import { watch } from './watch.js';

/** The network: 16 hidden neurons, and one output per kind; softmax makes the outputs probabilities. */
export function irisNetwork(seed: number): Sequential {
  const model = sequential(
    [
      input({ shape: [4] }),
      dense({ units: 16 }),
      batchNormalization(),
      activation({ activation: 'relu' }),
      dropout({ rate: 0.2 }),
      dense({ units: 3, activation: 'softmax' }),
    ],
    { seed },
  );
  // Cross-entropy is small where the right kind gets a high probability.
  model.compile({
    optimizer: adam({ learningRate: 0.01 }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}

/** Step 6. Returns the accuracies of the runs. */
export async function lessonIris(epochs = 40, seeds = 5): Promise<number[]> {
  heading('6. Real data: iris');
  say(
    'In 1936 R. A. Fisher published the lengths and widths of sepals and petals of 150 irises of three kinds. 120 flowers are for training, 30 for the test. Now the answer is a class: the network gives each kind a probability, and its loss is cross-entropy.',
  );
  const { train, test, keras } = await readRealData('iris');
  // Mean and spread come from the training rows alone: the test must stay unseen.
  const scaler = standardScaler().fit(train.x);
  const x = scaler.transform(train.x);
  const testX = scaler.transform(test.x);
  const scores: number[] = [];
  let shown: Tensor | undefined;
  for (let seed = 0; seed < seeds; seed++) {
    const model = irisNetwork(seed);
    const run = model.fit(x, train.y, { epochs, batchSize: 16, verbose: 0 });
    if (seed === 0) await watch(run, epochs);
    else await run;
    const prediction = model.predict(testX) as Tensor;
    shown ??= prediction;
    scores.push(accuracy(test.y, prediction));
  }
  say(
    `With 30 test rows one flower is 3.3 %, so luck matters: the network was trained ${seeds} times from different starting points.`,
  );
  show(compareWithKeras(scores, keras));
  say(
    'The confusion matrix of the first run: what is beside the diagonal was taken for something else.',
  );
  show(showConfusion(test.y, shown as Tensor, ['setosa', 'versicolor', 'virginica']));
  return scores;
}
