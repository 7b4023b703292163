/**
 * Tomorrow's temperature from the two weeks before.
 *
 * A forecast is only good if it beats the simplest one: that tomorrow is like today. So that is measured too.
 */
import { dense, gru, key, ops, sequential } from 'gradus';
import type { Tensor } from 'gradus';

const history = 14;

/** Invented days: a year's wave, a spell of weather that comes and goes every nine days, and chance. */
function measure(days: number): Tensor {
  const day = ops.arange(0, days);
  const year = day.mul((2 * Math.PI) / 365);
  const spell = day.mul((2 * Math.PI) / 9);
  const chance = ops.randomNormal(key('chance'), [days], { std: 0.7 });
  return ops.sin(year).mul(-9).add(ops.sin(spell).mul(4)).add(chance).add(10);
}

export async function main({ quick = false } = {}): Promise<{ error: number; naiveError: number }> {
  const days = quick ? 1000 : 3000;
  const temperature = measure(days);

  // One sample is a window of 14 days, and its target the day that follows. Row i of `indices` is i, i + 1, ..., i + 13:
  // a column and a row of numbers, added.
  const samples = days - history;
  const indices = ops.arange(0, samples).reshape([samples, 1]).add(ops.arange(0, history));
  const windows = temperature.take(indices.cast('int32'));
  const following = temperature.slice([history], [samples]);

  // The past trains and the future tests. Shuffling before the split would let the model peek at neighbouring days.
  const past = Math.floor(0.8 * samples);
  const trainDays = windows.slice([0, 0], [past, history]);
  // Measured on the past only, for the same reason.
  const middle = trainDays.mean().item();
  const spread = trainDays.std().item();
  const scale = (t: Tensor): Tensor => t.sub(middle).div(spread);
  // Recurrent layers want [samples, steps, features]; here each day has one feature.
  const x = scale(windows).expandDims(-1);
  const y = scale(following).expandDims(-1);

  const model = sequential([gru({ units: 16 }), dense({ units: 1 })], {
    inputShape: [history, 1],
    seed: 2,
  });
  // Huber is the square of small errors but only the size of large ones: a freak day does not pull the model away.
  model.compile({ optimizer: 'adam', loss: 'huber', metrics: ['mae'] });
  await model.fit(x.slice([0, 0, 0], [past, history, 1]), y.slice([0, 0], [past, 1]), {
    epochs: quick ? 25 : 40,
    verbose: quick ? 0 : 'auto',
  });

  const future = samples - past;
  const forecast = model.predict(x.slice([past, 0, 0], [future, history, 1])).squeeze(1);
  const degrees = forecast.mul(spread).add(middle);
  const truth = following.slice([past], [future]);
  const today = windows.slice([past, history - 1], [future, 1]).squeeze(1);
  const distance = (guess: Tensor): number => guess.sub(truth).abs().mean().item();
  return { error: distance(degrees), naiveError: distance(today) };
}

if (import.meta.main) console.log(await main());
