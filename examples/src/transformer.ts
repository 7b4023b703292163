/**
 * A transformer block that learns to reverse words: "gradus" becomes "sudarg".
 *
 * In attention every position asks all positions a question and takes what the best answers offer. Reversing needs exactly
 * that: the first position must fetch the last letter. Nothing in attention knows about order, so positions get numbers too.
 */
import {
  adam,
  dense,
  dropout,
  defineLayer,
  defineModel,
  embedding,
  initializers,
  key,
  layerNormalization,
  multiHeadAttention,
  ops,
} from 'gradus';
import type { LayerOptions, SymbolicTensor } from 'gradus';

const letters = 'abcdefghijklmnopqrstuvwxyz';
const length = 6;

/** Adds to each position a vector of its own, learned: so the model can tell first from last. */
const positions = defineLayer({
  className: 'Positions',
  resolve: (_options: LayerOptions = {}) => ({}),
  build: (_options, shape) => ({
    table: {
      shape: [shape[1] ?? 0, shape[2] ?? 0],
      initializer: initializers.randomNormal({ stddev: 0.05 }),
    },
  }),
  call: ({ table }, x) => x.add(table),
});

/** The encoder of "Attention Is All You Need" (2017): attention, then two dense layers, each beside a shortcut. */
const encoder = defineModel({
  name: 'encoder',
  layers: ({ width, heads }: { readonly width: number; readonly heads: number }) => ({
    embed: embedding({ inputDim: letters.length, outputDim: width }),
    place: positions(),
    attend: multiHeadAttention({ numHeads: heads, keyDim: width / heads }),
    afterAttention: layerNormalization({ epsilon: 1e-6 }),
    think: dense({ units: 2 * width, activation: 'relu' }),
    decide: dense({ units: width }),
    rest: dropout({ rate: 0.1 }),
    afterThought: layerNormalization({ epsilon: 1e-6 }),
    spell: dense({ units: letters.length, activation: 'softmax' }),
  }),
  call(layers, word: SymbolicTensor) {
    const x = layers.place(layers.embed(word));
    // Query and value are the same: the word attends to itself. The sum lets what attention leaves out pass by.
    const seen = layers.afterAttention(x.add(layers.attend([x, x])));
    const thought = layers.rest(layers.decide(layers.think(seen)));
    return layers.spell(layers.afterThought(seen.add(thought)));
  },
});

const read = (word: string): number[] => Array.from(word, (letter) => letters.indexOf(letter));

export async function main({ quick = false } = {}): Promise<{
  accuracy: number;
  reversed: string;
}> {
  const count = quick ? 1000 : 4000;
  const x = ops.randomInt(key(1), [count, length], { high: letters.length });
  const y = ops.flip(x, { axis: 1 });

  const model = encoder({ width: 32, heads: 2, inputShape: [length], seed: 5 });
  model.compile({
    optimizer: adam({ learningRate: 0.005 }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  await model.fit(x, y, {
    epochs: quick ? 8 : 10,
    batchSize: 64,
    validationSplit: 0.1,
    verbose: quick ? 0 : 'auto',
  });

  const unseen = ops.randomInt(key(2), [200, length], { high: letters.length });
  const { accuracy = NaN } = await model.evaluate(unseen, ops.flip(unseen, { axis: 1 }), {
    verbose: 0,
  });
  const answer = model.predict([read('gradus')]).argMax({ axis: -1 });
  return { accuracy, reversed: Array.from(answer.data, (number) => letters[number]).join('') };
}

if (import.meta.main) console.log(await main());
