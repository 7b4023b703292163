/** `npm start -- my.csv --target price`: a network for your own table. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { standardScaler, tabular } from '@gradus/data';
import type { Tabular } from '@gradus/data';
import { readCsv, writeFileAtomic } from '@gradus/io';
import { dense, input } from '@gradus/layers';
import { earlyStopping, loadModel, sequential } from '@gradus/models';
import type { Sequential } from '@gradus/models';
import { adam } from '@gradus/optimizers';
import { ValueError } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { equalBits } from './lesson-save.js';
import { heading, say, show } from './narrate.js';
import { accuracy, r2, showConfusion } from './scores.js';
import { watch } from './watch.js';

export interface OwnCsvOptions {
  readonly file: string;
  /** The column to predict. */
  readonly target: string;
  /** Where the model goes. */
  readonly folder: string;
  /** At most so many; by default as many as make some 3000 steps. */
  readonly epochs?: number;
}

export interface OwnCsvResult {
  readonly task: 'regression' | 'classification';
  /** R² for numbers, accuracy for classes, on the test rows. */
  readonly score: number;
  readonly files: readonly string[];
}

const BATCH = 32;
/** Epochs without improvement that end training. */
const PATIENCE = 30;

function ownNetwork(inputs: number, outputs: number, isClasses: boolean): Sequential {
  const model = sequential(
    [
      input({ shape: [inputs] }),
      dense({ units: 32, activation: 'relu' }),
      dense({ units: 16, activation: 'relu' }),
      dense(isClasses ? { units: outputs, activation: 'softmax' } : { units: 1 }),
    ],
    { seed: 0 },
  );
  model.compile({
    optimizer: adam({ learningRate: 0.003 }),
    loss: isClasses ? 'sparseCategoricalCrossentropy' : 'mse',
    metrics: isClasses ? ['accuracy'] : [],
  });
  return model;
}

/** The score of the test rows in words, beside what one reaches without any model. */
function evaluate({ train, test = train, classes }: Tabular, prediction: Tensor): number {
  if (classes === undefined) {
    const score = r2(test.y, prediction);
    const error = (answer: Tensor): number => answer.sub(test.y).abs().mean().item();
    show(
      `R² on the test rows:            ${score.toFixed(4)}   (1 is perfect, 0 is guessing the mean)`,
    );
    show(`mean absolute error:            ${error(prediction).toPrecision(4)}`);
    show(`always answering the mean:      ${error(train.y.mean().reshape([1, 1])).toPrecision(4)}`);
    return score;
  }
  const score = accuracy(test.y, prediction);
  const counts = new Map<number, number>();
  for (const value of train.y.data) counts.set(value, (counts.get(value) ?? 0) + 1);
  const common = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
  const guess = test.y.equal(common).cast('float32').mean().item();
  show(`accuracy on the test rows:      ${(100 * score).toFixed(1)} %`);
  show(
    `${`always answering '${String(classes[common])}':`.padEnd(31)} ${(100 * guess).toFixed(1)} %`,
  );
  if (classes.length <= 12) show(showConfusion(test.y, prediction, classes.map(String)));
  return score;
}

/** Reads, trains, evaluates and saves. */
export async function ownCsv({
  file,
  target,
  folder,
  epochs,
}: OwnCsvOptions): Promise<OwnCsvResult> {
  heading(`Your table: ${path.basename(file)}`);
  const csv = await readCsv(file);
  show(csv.describe());
  const gaps = csv.columns
    .map((name) => ({ name, ...csv.missing(name) }))
    .filter(({ count }) => count > 0);
  if (gaps.length === 0) say('No value is missing.');
  for (const { name, count, rows } of gaps) {
    const lines = rows
      .slice(0, 5)
      .map((row) => csv.line(row))
      .join(', ');
    say(
      `Missing in '${name}': ${count} of ${csv.rowCount}, on line ${lines}${count > 5 ? ', ...' : ''}.`,
    );
  }
  if (csv.rowCount < 10)
    throw new ValueError(
      'demo/few-rows',
      'This table has too few rows to learn from and to be tested on.',
      {
        got: `${csv.rowCount} rows`,
        expected: 'at least 10',
        fix: 'add rows',
      },
    );

  heading('From a table to numbers');
  const data = tabular(csv, { target, testSize: 0.2, seed: 0 });
  const { train, test, task, classes, featureNames, report } = data;
  const isClasses = task === 'classification';
  say(
    `Numbers are moved to mean 0 and spread 1, texts become one input per kind. That makes ${featureNames.length} inputs: ${featureNames.slice(0, 12).join(', ')}${featureNames.length > 12 ? ', ...' : ''}.`,
  );
  for (const message of report.messages) say(message);
  say(
    isClasses
      ? `'${target}' has ${classes?.length} kinds of values, so this is classification: the network gives each a probability.`
      : `'${target}' is a number, so this is regression: the network answers with a number.`,
  );
  say(`${train.y.shape[0]} rows are for training, ${test.y.shape[0]} for the test.`);

  heading('Training');
  const rows = train.x.shape[0] ?? 1;
  const rounds = epochs ?? Math.min(300, Math.max(5, Math.round(3000 / Math.ceil(rows / BATCH))));
  const model = ownNetwork(featureNames.length, classes?.length ?? 1, isClasses);
  // A price in thousands would need weights in thousands: the network learns it in standard deviations.
  const yScaler = standardScaler().fit(train.y);
  const goal = isClasses ? train.y : yScaler.transform(train.y);
  say(
    'A fifth of the training rows only watches: when the loss on them (val_loss) has not got better for a while, the network has begun to memorise. Then training ends, and the best weights are put back.',
  );
  const run = model.fit(train.x, goal, {
    epochs: rounds,
    verbose: 0,
    batchSize: BATCH,
    validationSplit: 0.2,
    callbacks: [
      earlyStopping({ monitor: 'val_loss', patience: PATIENCE, restoreBestWeights: true }),
    ],
  });
  await watch(run, rounds);
  const losses = (await run).history['val_loss'] ?? [];
  const best = Math.min(...losses);
  say(
    `${losses.length} epochs; the best was epoch ${losses.indexOf(best) + 1}, with val_loss ${best.toPrecision(4)}.`,
  );

  heading('Evaluation');
  const answer = (of: { predict(x: Tensor): unknown }): Tensor => {
    const output = of.predict(test.x) as Tensor;
    return isClasses ? output : yScaler.inverse(output);
  };
  const prediction = answer(model);
  const score = evaluate(data, prediction);

  heading('Saved');
  await mkdir(folder, { recursive: true });
  const base = path.join(folder, path.basename(file, path.extname(file)));
  const files = [`${base}-model.safetensors`, `${base}-columns.json`] as const;
  await model.save(files[0]);
  const columns = { encoder: data.encoder.toJSON(), target: isClasses ? null : yScaler.toJSON() };
  await writeFileAtomic(files[1], `${JSON.stringify(columns, null, 2)}\n`);
  const same = equalBits(prediction, answer(await loadModel(files[0])));
  say(
    `The model, and beside it how columns become its inputs, so that new rows can be treated in the same way. Loaded again, the model ${same ? 'predicts the same to the bit' : 'PREDICTS OTHER NUMBERS'}.`,
  );
  for (const name of files) show(name);
  return { task, score, files };
}
