/** Step 4: networks at work, with every neuron as bright as its activation. */
import path from 'node:path';
import { writeFileAtomic } from '@gradus/io';
import { dense, input } from '@gradus/layers';
import { sequential } from '@gradus/models';
import { adam } from '@gradus/optimizers';
import { tensor } from '@gradus/tensor';
import type { NumbersNetwork, Rows } from './lesson-numbers.js';
import { heading, say, show } from './narrate.js';
import { drawSvg, drawText, lookInside } from './picture.js';
import { r2 } from './scores.js';
import { watch } from './watch.js';

/** A network with hidden ReLU layers that learns the same numbers, a little at a time. */
export async function trainDeep(
  { xScaler, yScaler }: NumbersNetwork,
  train: Rows,
  epochs = 6,
): Promise<NumbersNetwork> {
  const model = sequential(
    [
      input({ shape: [3] }),
      dense({ units: 8, activation: 'relu', name: 'hidden1' }),
      dense({ units: 8, activation: 'relu', name: 'hidden2' }),
      dense({ units: 4, activation: 'relu', name: 'hidden3' }),
      dense({ units: 1, name: 'output' }),
    ],
    { seed: 3 },
  );
  model.compile({ optimizer: adam({ learningRate: 0.005 }), loss: 'mse' });
  const run = model.fit(xScaler.transform(train.x), yScaler.transform(train.y), {
    epochs,
    batchSize: 64,
    verbose: 0,
  });
  await watch(run, epochs);
  return { model, xScaler, yScaler };
}

/** Step 4. Returns the files it wrote. */
export async function lessonPicture(
  folder: string,
  network: NumbersNetwork,
  train: Rows,
  test: Rows,
): Promise<string[]> {
  heading('4. A look inside');
  const sample = tensor([[20, 70, 50]]);
  const scaled = network.xScaler.transform(sample);
  say(
    'This is the second network with x = 20, y = 70, z = 50. Each block is a neuron, and the brighter it is, the larger its activation: black is zero (or the lowest), white the highest in its layer. The target is 310; the neurons say it in standardised units.',
  );
  const simple = lookInside(network.model, scaled, sample);
  show(drawText(simple));
  const answer = network.yScaler
    .inverse(simple.at(-1)?.values.map((value) => [value]) ?? [])
    .mean()
    .item();
  show(`Their mean, in the units of the table:   ${answer.toFixed(3)}`);

  say(
    'Now a deeper network: three hidden layers with ReLU, which lets positive sums pass and turns negative ones into 0. Such a neuron can be switched off for one sample and on for another, and so a deep network can bend its formula. It learns from 64 rows at a time, with the optimizer Adam.',
  );
  const deep = await trainDeep(network, train);
  const predicted = deep.yScaler.inverse(
    deep.model.predict(deep.xScaler.transform(test.x), { batchSize: 1000 }) as typeof sample,
  );
  show(`R² on the test rows:                     ${r2(test.y, predicted).toFixed(5)}`);
  const layers = lookInside(deep.model, scaled, sample);
  show(drawText(layers));
  say('Neurons at 0.00 are switched off for this sample: their ReLU cut them off.');

  const files = [path.join(folder, 'network.svg'), path.join(folder, 'deep-network.svg')];
  await writeFileAtomic(
    files[0] as string,
    drawSvg(simple, 'Three neurons and their mean, for 20, 70, 50'),
  );
  await writeFileAtomic(files[1] as string, drawSvg(layers, 'Hidden ReLU layers, for 20, 70, 50'));
  say(
    'The same pictures with all connections are in network.svg and deep-network.svg. Open them in a browser; blue lines are positive weights, red ones negative.',
  );
  return files;
}
