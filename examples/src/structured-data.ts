/**
 * Which parcels arrive late? A table with numbers and words.
 *
 * Networks want numbers of about the same size. Numbers are moved to mean 0 and spread 1, words become a row with a single 1
 * in it. What is learned for that from the data (means, vocabularies) belongs to the model, not to a notebook nearby.
 */
import {
  categoryEncoding,
  concatenate,
  data,
  dense,
  dropout,
  input,
  model,
  normalization,
  stringLookup,
  tensor,
} from 'gradus';

const carriers = ['bicycle', 'van', 'ship'] as const;
const regions = ['coast', 'hills', 'island', 'city'] as const;

interface Parcels {
  readonly weight: number[];
  readonly distance: number[];
  readonly carrier: string[];
  readonly region: string[];
  readonly isLate: number[];
}

/** Invented parcels. They come late when they travel slowly or far, and ships never hurry to the hills. */
function parcels(count: number): Parcels {
  const table: Parcels = { weight: [], distance: [], carrier: [], region: [], isLate: [] };
  // Numbers that look random and are the same for everyone.
  let state = 99;
  const chance = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let i = 0; i < count; i++) {
    const weight = 0.1 + 30 * chance() ** 2;
    const distance = 5 + 900 * chance();
    const carrier = carriers[Math.floor(3 * chance())] ?? 'van';
    const region = regions[Math.floor(4 * chance())] ?? 'city';
    const speed = {
      bicycle: weight < 8 ? 250 : 60,
      van: 500,
      ship: region === 'hills' ? 100 : 400,
    }[carrier];
    const days = distance / speed + (region === 'island' && carrier !== 'ship' ? 1 : 0);
    table.weight.push(weight);
    table.distance.push(distance);
    table.carrier.push(carrier);
    table.region.push(region);
    table.isLate.push(days + 0.2 * chance() > 1.3 ? 1 : 0);
  }
  return table;
}

export async function main({ quick = false } = {}): Promise<{
  accuracy: number;
  baseline: number;
}> {
  const table = parcels(quick ? 1500 : 6000);
  const rows = table.isLate.length;

  // Tensors hold no text, so words become numbers before the model: 0 stands for any word that was not there in training.
  const carrierNumber = stringLookup().adapt(table.carrier);
  const regionNumber = stringLookup().adapt(table.region);
  const column = (values: readonly number[]) => tensor(values, { shape: [rows, 1] });
  const { train, test } = data.trainTestSplit(
    {
      x: {
        numbers: tensor(table.weight.map((weight, i) => [weight, table.distance[i] ?? 0])),
        carrier: carrierNumber(table.carrier).expandDims(-1),
        region: regionNumber(table.region).expandDims(-1),
      },
      y: column(table.isLate),
    },
    { testSize: 0.25, seed: 4 },
  );

  // From here on everything is in the model. Layers are frozen: adapt gives back one that has seen the data.
  const scale = normalization().adapt(train.x.numbers);
  const numbers = input({ shape: [2], name: 'numbers' });
  const carrier = input({ shape: [1], dtype: 'int32', name: 'carrier' });
  const region = input({ shape: [1], dtype: 'int32', name: 'region' });
  const features = concatenate()([
    scale(numbers),
    categoryEncoding({ numTokens: carrierNumber.vocabularySize, outputMode: 'oneHot' })(carrier),
    categoryEncoding({ numTokens: regionNumber.vocabularySize, outputMode: 'oneHot' })(region),
  ]);
  const hidden = dropout({ rate: 0.1 })(dense({ units: 32, activation: 'relu' })(features));
  const isLate = dense({ units: 1, activation: 'sigmoid', name: 'is_late' })(hidden);
  const network = model({ inputs: { numbers, carrier, region }, outputs: isLate, seed: 1 });
  if (!quick) network.summary();

  network.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  await network.fit(train.x, train.y, { epochs: quick ? 30 : 40, verbose: quick ? 0 : 'auto' });
  const { accuracy = NaN } = await network.evaluate(test.x, test.y, { verbose: 0 });

  // Someone who always says "in time" is right that often: a model has to be better than this.
  const late = test.y.mean().item();
  return { accuracy, baseline: Math.max(late, 1 - late) };
}

if (import.meta.main) console.log(await main());
