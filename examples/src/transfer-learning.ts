/**
 * Teach the digits 5 to 9 with 3 examples of each, to a network that knows 0 to 4.
 *
 * A network that has seen many pictures knows about strokes and corners, whatever they belonged to. Its body is kept and
 * frozen, and only a new head is trained: few weights, so few examples are enough. Then all is trained a little, slowly.
 */
import { fileURLToPath } from 'node:url';
import {
  adam,
  conv2d,
  dense,
  flatten,
  input,
  io,
  maxPooling2d,
  model,
  sequential,
  tensor,
} from 'gradus';
import type { Sequential, Tensor } from 'gradus';

const file = fileURLToPath(new URL('../../apps/demo/data/digits.csv', import.meta.url));

interface Samples {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** The part that looks at pictures. */
const makeBody = (): Sequential =>
  sequential(
    [
      conv2d({ filters: 16, kernelSize: 3, padding: 'same', activation: 'relu' }),
      maxPooling2d(),
      conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }),
      flatten(),
    ],
    { name: 'body', inputShape: [8, 8, 1], seed: 1 },
  );

/** A body with a head that names five classes. */
function withHead(body: Sequential) {
  const picture = input({ shape: [8, 8, 1] });
  const classes = dense({ units: 5, activation: 'softmax', name: 'head' })(body(picture));
  return model({ inputs: picture, outputs: classes, seed: 2 });
}

export async function main({ quick = false } = {}): Promise<{
  fromScratch: number;
  frozen: number;
  fineTuned: number;
}> {
  const table = await io.readCsv(file);
  const pixels = table.select(table.columns.slice(0, -1)).toMatrix();
  const pictures = tensor(pixels.data, { shape: [table.rowCount, 8, 8, 1] }).div(16);
  const digits = Array.from(table.numbers('digit'));
  /** Some pictures of five digits; classes count from 0. */
  const samples = (first: number, skip: number, perDigit: number): Samples => {
    const rows = [0, 1, 2, 3, 4].flatMap((i) =>
      digits
        .flatMap((digit, row) => (digit === first + i ? [row] : []))
        .slice(skip, skip + perDigit),
    );
    return {
      x: pictures.take(tensor(rows), { axis: 0 }),
      y: tensor(
        rows.map((row) => (digits[row] ?? 0) - first),
        { dtype: 'int32' },
      ),
    };
  };
  const many = samples(0, 0, 170);
  const few = samples(5, 0, 3);
  const test = samples(5, 100, 70);

  const train = async (
    network: ReturnType<typeof withHead>,
    { x, y }: Samples,
    learningRate: number,
    epochs: number,
  ): Promise<number> => {
    network.compile({
      optimizer: adam({ learningRate }),
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['accuracy'],
    });
    await network.fit(x, y, { epochs, batchSize: 16, verbose: quick ? 0 : 'auto' });
    const { accuracy = NaN } = await network.evaluate(test.x, test.y, { verbose: 0 });
    return accuracy;
  };

  // What 15 pictures are worth to a network that knows nothing.
  const epochs = 25;
  const fromScratch = await train(withHead(makeBody()), few, 0.001, epochs);

  const body = makeBody();
  await train(withHead(body), many, 0.001, quick ? 4 : 15);
  // A second model around the same body. Paths are "layer/weight", and those of the body begin with its name.
  const network = withHead(body);
  network.freeze((path) => path.startsWith('body/'));
  if (!quick) network.summary();
  const frozen = await train(network, few, 0.01, epochs);

  // Fine-tuning: everything may move, but only in small steps, or the body forgets what it knew.
  network.freeze(() => false);
  const fineTuned = await train(network, few, 0.0003, epochs);
  return { fromScratch, frozen, fineTuned };
}

if (import.meta.main) console.log(await main());
