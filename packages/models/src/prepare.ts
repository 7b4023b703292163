import type { Tensor } from '@gradus/tensor';
import { ValueError } from '@gradus/tensor';
import { arrange } from './arrange.js';
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

/** Arranges and checks what `fit` and `evaluate` are given, before anything runs. */
export function prepare(model: Model, x: unknown, y: unknown, options: DataOptions): Prepared {
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
  if (isStream(x)) {
    feed = feedStream(model.name, model.graph, x, batchSize);
  } else {
    buildFor(model, x);
    let data = arrangeArrays(model.name, model.graph, x, y, options);
    if (validationSplit !== 0 && validationData === undefined) {
      const [train, rest] = splitOff(data, validationSplit);
      data = train;
      validation = feedArrays(rest, unshuffled);
    }
    feed = feedArrays(data, order);
  }
  model.requireCompiled('fit');
  if (validationData !== undefined) {
    if (Array.isArray(validationData)) {
      const [vx, vy, sampleWeight] = validationData as readonly unknown[];
      const arrays = arrangeArrays(model.name, model.graph, vx, vy, { sampleWeight });
      validation = feedArrays(arrays, unshuffled);
    } else validation = feedStream(model.name, model.graph, validationData, size);
  }
  return {
    feed,
    validation,
    programs: (batch, steps) => model.programs(targetsOf(batch, steps)),
  };
}
