/**
 * A layer of one's own, and a model of one's own.
 *
 * Two spirals that wind around each other cannot be told apart by a few straight cuts. A layer of waves can bend space:
 * it multiplies its input with learned frequencies and takes sine and cosine of that.
 */
import {
  adam,
  data,
  defineLayer,
  defineModel,
  dense,
  initializers,
  layerNormalization,
  modelFromBytes,
  ops,
  registerLayer,
} from 'gradus';
import type { LayerOptions, SymbolicTensor } from 'gradus';

interface WavesOptions extends LayerOptions {
  /** How many frequencies; the layer gives twice as many numbers. */
  readonly units: number;
  /** How fine the first waves are. Default 1. */
  readonly scale?: number;
}

/** What built-in layers are made with, too: options, parameters, a computation, and the shape of what comes out. */
const waves = defineLayer({
  className: 'Waves',
  // The keys of what this returns are the options that exist: a misspelled one does not compile.
  resolve: ({ units, scale = 1 }: WavesOptions) => ({ units, scale }),
  // Parameters by name. They depend on the input, so they are made when its shape is known.
  build: ({ units, scale }, shape) => ({
    frequencies: {
      shape: [shape.at(-1) ?? 1, units],
      initializer: initializers.randomNormal({ stddev: scale }),
    },
  }),
  // A pure function of operations on tensors: it is recorded once and becomes part of one fast program.
  call({ frequencies }, x) {
    const angles = x.matmul(frequencies);
    return ops.concatenate([ops.sin(angles), ops.cos(angles)], { axis: -1 });
  },
  outputShape: ({ units }, shape) => [...shape.slice(0, -1), 2 * units],
});

/** A stack of blocks, each beside a shortcut: as a subclass of Model in Keras. */
const network = defineModel({
  name: 'spiral_network',
  layers: ({ blocks, units }: { readonly blocks: number; readonly units: number }) => ({
    bend: waves({ units: units / 2, scale: 1.5 }),
    blocks: Array.from({ length: blocks }, () => dense({ units, activation: 'relu' })),
    norm: layerNormalization(),
    classify: dense({ units: 1, activation: 'sigmoid' }),
  }),
  call(layers, point: SymbolicTensor) {
    let x = layers.bend(point);
    for (const block of layers.blocks) x = x.add(block(x));
    return layers.classify(layers.norm(x));
  },
});

export async function main({ quick = false } = {}): Promise<{
  accuracy: number;
  accuracyOfLoaded: number;
}> {
  const spirals = data.spirals({ samples: quick ? 600 : 1500, noise: 0.02, turns: 1.5, seed: 1 });
  const { train, test } = data.trainTestSplit(spirals, { testSize: 0.3, seed: 2 });

  const model = network({ blocks: 2, units: 32, inputShape: [2], seed: 1 });
  if (!quick) model.summary();
  model.compile({
    optimizer: adam({ learningRate: 0.01 }),
    loss: 'binaryCrossentropy',
    metrics: ['accuracy'],
  });
  await model.fit(train.x, train.y, { epochs: quick ? 40 : 60, verbose: quick ? 0 : 'auto' });
  const { accuracy = NaN } = await model.evaluate(test.x, test.y, { verbose: 0 });

  // A file says "Waves, units 16". Who opens it must know what that is.
  registerLayer(waves);
  const loaded = modelFromBytes(model.toBytes());
  const again = await loaded.evaluate(test.x, test.y, { verbose: 0 });
  return { accuracy, accuracyOfLoaded: again['accuracy'] ?? NaN };
}

if (import.meta.main) console.log(await main());
