// The catalogue: which works there are, what is measured in each, and in which unit it is shown.
// Programs report seconds per item (a step, a sample, a multiply-add, a byte), so that every ratio
// is a ratio of times; `show` says how people read the figure.

/** Seconds as a time in another unit, or as items per second in thousands, millions, … */
const time = (unit, perSecond) => ({ unit, show: 'time', scale: perSecond });
const rate = (unit, scale = 1) => ({ unit, show: 'rate', scale });

const milliseconds = time('ms', 1e3);
const microseconds = time('us', 1e6);
const nanoseconds = time('ns', 1e9);
const kilobytes = { unit: 'KB', show: 'size', scale: 1 / 1024 };

const matmulSizes = [64, 128, 256, 512, 1024];

/**
 * Every work: `{ id, title, metrics }`; a metric is `{ id, title, unit, show, scale }` and may have
 * - `goal`: what Gradus wants to reach, in the shown unit: `relaxed` (128-bit fused multiply-add) and `wide`;
 * - `otherwise`: the metric that stands in for peers which have no such way of working.
 */
export const works = [
  {
    id: 'regression',
    title: 'Regression, 9000 rows of 3 numbers, Dense(4), Dense(1), full-batch SGD',
    metrics: [
      {
        id: 'regression-step',
        title: 'one step',
        otherwise: 'regression-epoch',
        goal: { relaxed: 30, wide: 30 },
        ...microseconds,
      },
      { id: 'regression-epoch', title: 'one epoch of fit', ...microseconds },
    ],
  },
  {
    id: 'minibatch',
    title: 'The same network, batches of 32, Adam',
    metrics: [
      {
        id: 'minibatch-fit',
        title: 'through fit',
        goal: { relaxed: 100_000, wide: 100_000 },
        ...rate('steps/s'),
      },
      {
        id: 'minibatch-joined',
        title: 'through fit, stepsPerExecution 16',
        otherwise: 'minibatch-fit',
        ...rate('steps/s'),
      },
      {
        id: 'minibatch-step',
        title: 'inside the program',
        otherwise: 'minibatch-fit',
        goal: { relaxed: 250_000, wide: 250_000 },
        ...rate('steps/s'),
      },
    ],
  },
  {
    id: 'online',
    title: 'The same network, one sample per step, SGD',
    metrics: [
      {
        id: 'online-joined',
        title: 'through fit, stepsPerExecution 100',
        otherwise: 'online-step',
        goal: { relaxed: 0.3, wide: 0.3 },
        ...microseconds,
      },
      {
        id: 'online-fit',
        title: 'through fit',
        otherwise: 'online-step',
        goal: { relaxed: 1.5, wide: 1.5 },
        ...microseconds,
      },
      { id: 'online-step', title: 'inside the program', ...microseconds },
    ],
  },
  {
    id: 'mlp',
    title: 'MLP 784-128-64-10, Adam',
    metrics: [
      {
        id: 'mlp-train',
        title: 'training step, batch 128',
        otherwise: 'mlp-fit',
        goal: { relaxed: 75_000, wide: 130_000, relaxed2: 135_000, wide2: 220_000 },
        ...rate('samples/s'),
      },
      { id: 'mlp-fit', title: 'training through fit', ...rate('samples/s') },
      {
        id: 'mlp-infer-1',
        title: 'inference, batch 1',
        goal: { relaxed: 10, wide: 8 },
        ...microseconds,
      },
      {
        id: 'mlp-infer-128',
        title: 'inference, batch 128',
        goal: { relaxed: 300_000, wide: 500_000 },
        ...rate('samples/s'),
      },
    ],
  },
  {
    id: 'cnn',
    title: 'CNN 28x28: conv 32, pool, conv 64, pool, dense 128, dense 10, Adam',
    metrics: [
      {
        id: 'cnn-train',
        title: 'training step, batch 64',
        otherwise: 'cnn-fit',
        goal: { relaxed: 2300, wide: 3800, relaxed2: 4200, wide2: 6500 },
        ...rate('samples/s'),
      },
      { id: 'cnn-fit', title: 'training through fit', ...rate('samples/s') },
      {
        id: 'cnn-infer-1',
        title: 'inference, batch 1',
        goal: { relaxed: 120, wide: 70 },
        ...microseconds,
      },
      {
        id: 'cnn-infer-64',
        title: 'inference, batch 64',
        goal: { relaxed: 14_000, wide: 25_000 },
        ...rate('samples/s'),
      },
    ],
  },
  {
    id: 'matmul',
    title: 'Matmul, n by n, float32',
    metrics: matmulSizes.map((n) => ({
      id: `matmul-${n}`,
      title: `n = ${n}`,
      goal: { relaxed: 45, wide: 85 },
      ...rate('GFLOP/s', 1e-9),
    })),
  },
  {
    id: 'elementwise',
    title: 'A million numbers (bytes that must move)',
    metrics: [
      { id: 'exp', title: 'exp', goal: { relaxed: 13, wide: 14 }, ...rate('GB/s', 1e-9) },
      {
        id: 'softmax',
        title: 'softmax, rows of 1000',
        goal: { relaxed: 9, wide: 9.5 },
        ...rate('GB/s', 1e-9),
      },
      { id: 'add', title: 'add', ...rate('GB/s', 1e-9) },
      { id: 'sum', title: 'sum', ...rate('GB/s', 1e-9) },
    ],
  },
  {
    id: 'lstm',
    title: 'LSTM(64), 50 steps of 32 features, batch 32, Adam',
    metrics: [
      {
        id: 'lstm-train',
        title: 'training step',
        goal: { relaxed: 6, wide: 4 },
        ...milliseconds,
      },
    ],
  },
  {
    id: 'eager',
    title: 'One operation at once, without a program',
    metrics: [
      {
        id: 'eager-add',
        title: 'add of two 4x4',
        goal: { relaxed: 300, wide: 300 },
        ...nanoseconds,
      },
    ],
  },
  {
    id: 'start',
    title: 'Start and size',
    metrics: [
      {
        id: 'start',
        title: 'start of the process to first training step done',
        goal: { relaxed: 110, wide: 110 },
        ...milliseconds,
      },
      {
        id: 'bundle',
        title: 'the same program for browsers, minified and gzipped',
        goal: { relaxed: 40, wide: 40 },
        ...kilobytes,
      },
      { id: 'bundle-all', title: 'with the parts that load on demand', ...kilobytes },
    ],
  },
  {
    id: 'subnormal',
    title: '20,000 Adam steps of the MLP on one repeated batch of 32',
    metrics: [
      { id: 'subnormal-first', title: 'a step of the first thousand', ...microseconds },
      { id: 'subnormal-last', title: 'a step of the last thousand', ...microseconds },
      {
        id: 'subnormal-slowdown',
        title: 'how much slower the last are',
        unit: 'times',
        show: 'factor',
        scale: 1,
      },
    ],
  },
];

/** The work of one metric, and the metric itself; undefined when there is none of this name. */
export function findMetric(id) {
  for (const work of works)
    for (const metric of work.metrics) if (metric.id === id) return { work, metric };
  return undefined;
}

/** What people read: 2.5e-5 seconds a step as 25 (us), 1e-5 seconds a sample as 100,000 (samples/s). */
export function shown(metric, perItem) {
  return metric.show === 'rate' ? metric.scale / perItem : metric.scale * perItem;
}
