import type { Tensor } from '@gradus/tensor';
import { ShapeError, ValueError } from '@gradus/tensor';
import { arrange } from './arrange.js';
import { checkLabels } from './check-labels.js';
import type { Feed } from './feed.js';
import { arrangeArrays, feedArrays, feedStream, isStream, splitOff } from './feed.js';
import type { Model } from './model.js';
import type { Programs } from './programs.js';
import type { Batch } from './train-step.js';

/** Weights of samples or classes. */
export interface WeightOptions {
  readonly sampleWeight?: unknown;
  readonly classWeight?: Readonly<Record<number, number>>;
}

/** Options about where samples come from and in which order. */
export interface DataOptions extends WeightOptions {
  readonly batchSize?: number;
  readonly shuffle?: boolean | 'batch';
  readonly seed?: number | string;
  readonly validationSplit?: number;
  readonly validationData?: readonly unknown[] | object;
  readonly validationBatchSize?: number;
}

/** Gives a model without a shape the shape of its data. */
export function buildFor(model: Model, x: unknown): void {
  if (model.isBuilt) return;
  const shape = (arrange(x, ['x'], 'single', 'input')[0] as Tensor).shape;
  model.build([null, ...shape.slice(1)]);
}

/** Data and programs, ready to run. */
export interface Prepared {
  readonly feed: Feed;
  readonly validation: Feed | undefined;
  readonly programs: (batch: Batch, steps: number) => Programs;
}

/** The targets of one batch, also when several are stacked: programs are made for their shapes. */
function targetsOf({ y }: Batch, steps: number): readonly Tensor[] {
  return steps === 1
    ? y
    : y.map((values) =>
        values
          .slice(
            values.shape.map(() => 0),
            [1, ...values.shape.slice(1)],
          )
          .reshape(values.shape.slice(1)),
      );
}

/** Labels are checked where their numbers can be read, before any step. */
export function checkBatch(model: Model, { y }: Batch, verb: string): void {
  const { outputs, outputNames } = model.graph;
  const losses = model.requireCompiled(verb).losses(y.map(({ shape }) => shape));
  checkLabels(losses, outputs, outputNames, y);
}

/** Validation data as `[x, y]`, `[x, y, sampleWeight]`, `{ x, y, sampleWeight }`, or undefined for a stream. */
function validationArrays(given: unknown): readonly unknown[] | undefined {
  if (isStream(given)) return undefined;
  const isNamed =
    typeof given === 'object' && given !== null && 'x' in given && !Array.isArray(given);
  const parts = isNamed
    ? [given.x, (given as { y?: unknown }).y, (given as { sampleWeight?: unknown }).sampleWeight]
    : given;
  if (Array.isArray(parts) && parts.length >= 2 && parts.length <= 3 && parts[1] !== undefined)
    return parts as readonly unknown[];
  throw new ValueError('fit/validation-data', 'validationData brings inputs and targets.', {
    got: Array.isArray(given) ? `a list of ${given.length}` : 'inputs alone',
    expected: '[x, y], [x, y, sampleWeight], or a dataset',
    fix: 'validationData: [xTest, yTest]',
  });
}

/** Arranges and checks what `fit` and `evaluate` are given, before anything runs. */
export function prepare(
  model: Model,
  x: unknown,
  y: unknown,
  options: DataOptions,
  verb: 'fit' | 'evaluate',
): Prepared {
  const {
    batchSize = 32,
    shuffle = true,
    seed = model.seed,
    validationSplit = 0,
    validationData,
  } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new ValueError('fit/batch-size', 'batchSize is a whole number of samples.', {
      got: String(batchSize),
      expected: 'at least 1',
    });
  const order = { batchSize, shuffle, seed };
  const size = options.validationBatchSize ?? batchSize;
  const unshuffled = { ...order, shuffle: false, batchSize: size };
  let feed: Feed;
  let validation: Feed | undefined;
  const check = (batch: Batch): void => checkBatch(model, batch, verb);
  if (isStream(x)) {
    feed = feedStream(model.name, model.graph, x, batchSize, check);
  } else {
    buildFor(model, x);
    let data = arrangeArrays(model.name, model.graph, x, y, options);
    if (data.x[0]?.shape[0] === 0)
      throw new ShapeError('model/empty', `Model "${model.name}" got no samples.`, {
        got: `x of shape [${data.x[0].shape.join(', ')}]`,
        expected: 'at least one sample',
        fix: 'look at what was read, filtered or split before',
      });
    check(data);
    if (validationSplit !== 0 && validationData === undefined) {
      const [train, rest] = splitOff(data, validationSplit);
      data = train;
      validation = feedArrays(rest, unshuffled);
    }
    feed = feedArrays(data, order);
  }
  model.requireCompiled(verb);
  if (validationData !== undefined) {
    const arrays = validationArrays(validationData);
    if (arrays === undefined)
      validation = feedStream(model.name, model.graph, validationData, size, check);
    else {
      const [vx, vy, sampleWeight] = arrays;
      const data = arrangeArrays(model.name, model.graph, vx, vy, { sampleWeight });
      check(data);
      validation = feedArrays(data, unshuffled);
    }
  }
  return {
    feed,
    validation,
    programs: (batch, steps) => model.programs(targetsOf(batch, steps)),
  };
}
