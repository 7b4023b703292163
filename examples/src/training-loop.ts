/**
 * A training loop by hand: what `fit` does, in the open.
 *
 * `compile` records a function of tensors once and replays it as one program. What changes from step to step, here the
 * weights and what the optimizer remembers, is carried: it stays in the memory of the program and is updated in place.
 */
import { fileURLToPath } from 'node:url';
import {
  adam,
  compile,
  createState,
  data,
  initializers,
  io,
  key,
  losses,
  valueAndGrad,
  zeros,
} from 'gradus';
import type { OptimizerState, Tensor } from 'gradus';

const file = fileURLToPath(new URL('../../apps/demo/data/iris.csv', import.meta.url));

/** A kernel and a bias for each of two layers. */
type Weights = readonly [Tensor, Tensor, Tensor, Tensor];

/** A tree of tensors. (A `type`: TypeScript does not let an interface stand where any key may.) */
type Memory = {
  readonly weights: Weights;
  readonly optimizer: OptimizerState;
};

/** The network is nothing but a function of weights and inputs: that is all a gradient needs. */
function network([kernel1, bias1, kernel2, bias2]: Weights, x: Tensor): Tensor {
  const hidden = x.matmul(kernel1).add(bias1).tanh();
  return hidden.matmul(kernel2).add(bias2);
}

export async function main({ quick = false } = {}): Promise<{
  accuracy: number;
  firstLoss: number;
  lastLoss: number;
}> {
  // Three kinds of iris, told apart by four lengths. `tabular` scales the lengths, and splits before it measures.
  const { train, test } = data.tabular(await io.readCsv(file), {
    target: 'species',
    testSize: 0.3,
    seed: 3,
  });

  const optimizer = adam({ learningRate: 0.02 });
  // Layers begin at random, or all of their units would learn the same. Each draw needs a key of its own.
  const draw = initializers.glorotUniform();
  const weights: Weights = [
    draw([4, 16], 'float32', key('first')),
    zeros([16]),
    draw([16, 3], 'float32', key('second')),
    zeros([3]),
  ];
  const state = createState<Memory>({ weights, optimizer: optimizer.init(weights) });

  // The network ends in plain numbers, without softmax: the loss takes care of it, and more exactly.
  const loss = losses.sparseCategoricalCrossentropy({ fromLogits: true });
  const step = compile(
    (memory: Memory, x: Tensor, y: Tensor) => {
      const [value, gradients] = valueAndGrad((current: Weights) =>
        loss(y, network(current, x)).mean(),
      )(memory.weights);
      const [next, remembered] = optimizer.update(gradients, memory.optimizer, memory.weights);
      // First what is carried, then what the caller gets.
      return [{ weights: next, optimizer: remembered }, value] as const;
    },
    { carry: state },
  );

  const batches = data.dataset({ x: train.x, y: train.y }).shuffle({ seed: 1 });
  const history: number[] = [];
  const epochs = quick ? 60 : 200;
  for (let epoch = 0; epoch < epochs; epoch++) {
    let total = 0;
    let count = 0;
    for (const { x, y } of batches.batches({ size: 16, epoch })) {
      // A last batch of another size is recorded once more; after that both programs are only replayed.
      total += step(x, y).item();
      count += 1;
    }
    history.push(total / count);
    if (!quick && epoch % 20 === 0) console.log('epoch', epoch, 'loss', total / count);
  }

  // The weights live in the program. `read` brings a copy.
  const answers = network(state.read().weights, test.x).argMax({ axis: -1 });
  const right = answers.equal(test.y.squeeze(1).cast('int32'));
  return {
    accuracy: right.cast('float32').mean().item(),
    firstLoss: history[0] ?? NaN,
    lastLoss: history.at(-1) ?? NaN,
  };
}

if (import.meta.main) console.log(await main());
