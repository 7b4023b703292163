/** Step 7: reading handwritten digits. */
import path from 'node:path';
import { dense, input } from '@gradus/layers';
import { sequential } from '@gradus/models';
import type { Sequential } from '@gradus/models';
import { adam } from '@gradus/optimizers';
import type { Tensor } from '@gradus/tensor';
import { heading, say, show } from './narrate.js';
import { compareWithKeras, readRealData } from './real-data.js';
import { accuracy, showConfusion } from './scores.js';
import { watch } from './watch.js';

/** 64 pixels, 64 hidden neurons, 10 digits. */
export function digitsNetwork(seed: number): Sequential {
  const model = sequential(
    [
      input({ shape: [64] }),
      dense({ units: 64, activation: 'relu' }),
      dense({ units: 10, activation: 'softmax' }),
    ],
    { seed },
  );
  model.compile({
    optimizer: adam({ learningRate: 0.001 }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}

/** An image of 8×8 pixels between 0 and 1, two characters per pixel so that it looks square. */
export function drawDigit(pixels: readonly number[]): string {
  const shades = [' ', '░', '▒', '▓', '█'];
  const row = (start: number): string =>
    pixels
      .slice(start, start + 8)
      .map((value) => (shades[Math.round(4 * value)] ?? ' ').repeat(2))
      .join('');
  return Array.from({ length: 8 }, (_, i) => row(8 * i)).join('\n');
}

/** Step 7. Returns the accuracies of the runs and the file it wrote. */
export async function lessonDigits(
  folder: string,
  epochs = 30,
  seeds = 5,
): Promise<{ scores: number[]; file: string }> {
  heading('7. Real data: handwritten digits');
  say(
    '1797 digits, each an image of 8×8 pixels, written by people. 1437 are for training, 360 for the test. Nobody could write down a formula for a 3; the network learns one from examples. Pixels run from 0 to 16 and are divided by 16.',
  );
  const { train, test, keras } = await readRealData('digits');
  const x = train.x.div(16);
  const testX = test.x.div(16);
  const model = digitsNetwork(0);
  await watch(model.fit(x, train.y, { epochs, batchSize: 32, verbose: 0 }), epochs);
  const prediction = model.predict(testX) as Tensor;
  const scores = [accuracy(test.y, prediction)];
  for (let seed = 1; seed < seeds; seed++) {
    // Again from other starting points, silently, to compare means and not luck.
    const other = digitsNetwork(seed);
    await other.fit(x, train.y, { epochs, batchSize: 32, verbose: 0 });
    scores.push(accuracy(test.y, other.predict(testX) as Tensor));
  }
  show(compareWithKeras(scores, keras));
  say('The confusion matrix of the first run:');
  show(
    showConfusion(
      test.y,
      prediction,
      Array.from({ length: 10 }, (_, digit) => String(digit)),
    ),
  );

  // The mistakes are the best place to see what the network can and cannot know.
  const answers = prediction.argMax({ axis: -1 }).toArray() as number[];
  const truth = test.y.toArray() as number[];
  const wrong = answers.findIndex((answer, row) => answer !== truth[row]);
  if (wrong >= 0) {
    say(
      `One that it got wrong: the digit ${truth[wrong]}, which the network took for ${answers[wrong]}.`,
    );
    show(drawDigit(testX.slice([wrong, 0], [1, 64]).flatten().toArray() as number[]));
  }
  const file = path.join(folder, 'digits-model.safetensors');
  await model.save(file);
  return { scores, file };
}
