// The small regression: full batch, batches of 32, one sample at a time.
import { adam, dense, sequential, sgd, tensor, zeros, ops } from 'gradus';
import { glorot, regressionData } from '../data.mjs';
import { figure } from '../measure.mjs';
import { trainer } from './trainer.mjs';

const { x, y, rows } = regressionData();
const inputs = (count) => tensor(x.slice(0, count * 3), { shape: [count, 3] });
const targets = (count) => tensor(y.slice(0, count), { shape: [count, 1] });

const network = () => sequential([dense({ units: 4 }), dense({ units: 1 })], { inputShape: [3] });

const parameters = () => [
  tensor(glorot(12, 3, 4, 1), { shape: [3, 4] }),
  zeros([4]),
  tensor(glorot(4, 4, 1, 2), { shape: [4, 1] }),
  zeros([1]),
];

function meanSquaredError([w1, b1, w2, b2], input, target) {
  const output = ops.matmul(ops.matmul(input, w1).add(b1), w2).add(b2);
  return output.sub(target).square().mean();
}

/** Seconds of an epoch of fit, divided by `items`. */
function fitFigure(metric, compileOptions, fitOptions, items) {
  return figure(
    metric,
    () => {
      const model = network().compile({ loss: 'mse', ...compileOptions });
      const [input, target] = [inputs(rows), targets(rows)];
      return () => model.fit(input, target, { verbose: 0, ...fitOptions });
    },
    { items, totalMs: 2000 },
  );
}

const stepFigure = (metric, optimizer, count) =>
  figure(metric, () => {
    const step = trainer(parameters(), meanSquaredError, optimizer);
    const [input, target] = [inputs(count), targets(count)];
    return () => step(input, target);
  });

export async function regression() {
  await stepFigure('regression-step', sgd({ learningRate: 1e-5 }), rows);
  await fitFigure(
    'regression-epoch',
    { optimizer: sgd({ learningRate: 1e-5 }) },
    { batchSize: rows, epochs: 20 },
    20,
  );
}

export async function minibatch() {
  const steps = Math.ceil(rows / 32);
  const fit = { batchSize: 32, epochs: 4 };
  await fitFigure('minibatch-fit', { optimizer: adam() }, fit, 4 * steps);
  await fitFigure('minibatch-joined', { optimizer: adam(), stepsPerExecution: 16 }, fit, 4 * steps);
  await stepFigure('minibatch-step', adam(), 32);
}

export async function online() {
  const optimizer = sgd({ learningRate: 1e-6 });
  const fit = { batchSize: 1, epochs: 1 };
  await fitFigure('online-joined', { optimizer, stepsPerExecution: 100 }, fit, rows);
  await fitFigure('online-fit', { optimizer }, fit, rows);
  await stepFigure('online-step', optimizer, 1);
}
