/**
 * An autoencoder takes noise off pictures.
 *
 * It squeezes a picture of 64 pixels through 16 numbers and paints it again from those. Nobody labels anything: the
 * clean picture itself is the target. What gets through the bottleneck is what pictures of digits have in common, and
 * noise is not part of that.
 */
import { fileURLToPath } from 'node:url';
import { adam, dense, input, io, key, model, ops, tensor } from 'gradus';

const file = fileURLToPath(new URL('../../apps/demo/data/digits.csv', import.meta.url));

export async function main({ quick = false } = {}): Promise<{ before: number; after: number }> {
  const table = await io.readCsv(file);
  const pixels = table.select(table.columns.slice(0, -1)).toMatrix();
  const clean = tensor(pixels.data, { shape: [table.rowCount, 64] }).div(16);
  const noise = ops.randomNormal(key('noise'), clean.shape, { std: 0.3 });
  const noisy = clean.add(noise).clip(0, 1);

  // The functional way: call layers on symbolic tensors, and make models of any stretch between two of them.
  const picture = input({ shape: [64], name: 'picture' });
  const hidden = dense({ units: 48, activation: 'relu' })(picture);
  const code = dense({ units: 16, name: 'code' })(hidden);
  const painted = dense({ units: 48, activation: 'relu' })(code);
  const output = dense({ units: 64, activation: 'sigmoid' })(painted);
  const autoencoder = model({ inputs: picture, outputs: output, seed: 1 });
  // It shares its layers, and so its weights, with the whole.
  const encoder = model({ inputs: picture, outputs: code });

  const rows = quick ? 800 : 1500;
  autoencoder.compile({ optimizer: adam({ learningRate: 0.003 }), loss: 'mse' });
  await autoencoder.fit(noisy.slice([0, 0], [rows, 64]), clean.slice([0, 0], [rows, 64]), {
    epochs: quick ? 30 : 60,
    batchSize: 32,
    verbose: quick ? 0 : 'auto',
  });

  // Pictures that it has not seen: how far from clean are they, before and after?
  const count = table.rowCount - rows;
  const seen = noisy.slice([rows, 0], [count, 64]);
  const truth = clean.slice([rows, 0], [count, 64]);
  const repaired = autoencoder.predict(seen);
  const distance = (a: typeof truth): number => a.sub(truth).square().mean().item();
  if (!quick) {
    show('with noise', seen.slice([0, 0], [1, 64]).data);
    show('repaired', repaired.slice([0, 0], [1, 64]).data);
    console.log('its code', encoder.predict(seen.slice([0, 0], [1, 64])).toArray());
  }
  return { before: distance(seen), after: distance(repaired) };
}

/** Draws 64 numbers between 0 and 1 as an 8 × 8 picture, two characters a pixel so that it looks square. */
function show(title: string, picture: ArrayLike<number>): void {
  const shades = [' ', '░', '▒', '▓', '█'];
  const pixels = Array.from(picture, (value) => (shades[Math.round(4 * value)] ?? ' ').repeat(2));
  console.log(`${title}:`);
  for (let row = 0; row < 8; row++) console.log(pixels.slice(8 * row, 8 * row + 8).join(''));
}

if (import.meta.main) console.log(await main());
