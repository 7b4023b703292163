/**
 * Is a review friendly? Words become numbers, numbers become meanings, and an LSTM reads them in order.
 *
 * The order matters here: "not boring, great" and "not great, boring" have the same words and say the opposite, so counting
 * words cannot solve it.
 */
import {
  adam,
  bidirectional,
  data,
  dense,
  embedding,
  lstm,
  sequential,
  tensor,
  textVectorization,
} from 'gradus';

const friendly = ['great', 'lovely', 'clever', 'warm', 'funny', 'moving'];
const hostile = ['boring', 'dull', 'awful', 'cold', 'clumsy', 'silly'];
const openings = [
  'The film was',
  'I found it',
  'My friends call it',
  'Honestly, it is',
  'This story is',
];

/** Invented reviews: each praises or complains, half of them by denying the contrary. */
function writeReviews(count: number): { texts: string[]; labels: number[] } {
  // A plain generator of numbers that look random, so that everyone trains on the same reviews.
  let state = 12345;
  const chance = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 32;
  };
  const pick = (words: readonly string[]): string =>
    words[Math.floor(chance() * words.length)] ?? '';
  const texts: string[] = [];
  const labels: number[] = [];
  for (let i = 0; i < count; i++) {
    const isFriendly = chance() < 0.5;
    const [fits, contrary] = isFriendly ? [friendly, hostile] : [hostile, friendly];
    const praise = [pick(fits), `not ${pick(contrary)}`];
    const [first, second] = chance() < 0.5 ? praise : praise.toReversed();
    texts.push(`${pick(openings)} ${first}, ${second}!`);
    labels.push(isFriendly ? 1 : 0);
  }
  return { texts, labels };
}

export async function main({ quick = false } = {}): Promise<{ accuracy: number; score: number }> {
  const { texts, labels } = writeReviews(quick ? 600 : 2000);

  // Layers are frozen, so adapt gives back a new one that knows the vocabulary. Text is prepared before the model,
  // because tensors hold numbers only.
  const vectorize = textVectorization({ outputSequenceLength: 10 }).adapt(texts);
  const y = tensor(labels, { shape: [labels.length, 1] });
  const { train, test } = data.trainTestSplit(
    { x: vectorize(texts), y },
    { testSize: 0.25, seed: 1 },
  );

  const model = sequential(
    [
      // Each word gets 8 numbers of its own, learned. Rows end in zeros where a text is short: maskZero tells the layers
      // behind to skip those.
      embedding({ inputDim: vectorize.vocabularySize, outputDim: 8, maskZero: true }),
      // One LSTM reads forwards, one backwards; both say what they remember at the end.
      bidirectional({ layer: lstm({ units: 12 }) }),
      dense({ units: 1, activation: 'sigmoid' }),
    ],
    { seed: 3 },
  );
  model.compile({
    optimizer: adam({ learningRate: 0.01 }),
    loss: 'binaryCrossentropy',
    metrics: ['accuracy'],
  });
  await model.fit(train.x, train.y, { epochs: quick ? 6 : 10, verbose: quick ? 0 : 'auto' });
  const { accuracy = NaN } = await model.evaluate(test.x, test.y, { verbose: 0 });

  // New text takes the same way: through the vocabulary, then through the model.
  const score = model.predict(vectorize(['Honestly, it is not dull, funny!'])).item();
  return { accuracy, score };
}

if (import.meta.main) console.log(await main());
