import { Dataset } from '@gradus/data';
import {
  Tensor,
  ValueError,
  foldIn,
  key,
  ones,
  permutation,
  stack,
  treeFlatten,
} from '@gradus/tensor';
import {
  arrange,
  countSamples,
  fitInputs,
  fitTargets,
  gatherRows,
  refuseNotFinite,
  sliceRows,
  weightsOfClasses,
} from './arrange.js';
import type { Graph } from './graph.js';
import type { Batch } from './train-step.js';

/** Batches for one execution of a program: one, or several stacked along a new first axis. */
export interface Execution {
  readonly batch: Batch;
  /** How many batches; 1 when `batch` is not stacked. */
  readonly steps: number;
}

/** A way through the batches of an epoch. */
export interface Cursor {
  /** The next batches, at most so many; undefined at the end. */
  next(limit: number): Execution | undefined | Promise<Execution | undefined>;
}

/** Data for an epoch after another, whatever they come from. */
export interface Feed {
  /** Batches per epoch, when known. */
  readonly steps: number | undefined;
  open(epoch: number): Cursor;
}

/** Options about weights and order. */
export interface FeedOptions {
  readonly batchSize: number;
  readonly shuffle: boolean | 'batch';
  readonly seed: number | string;
  readonly sampleWeight?: unknown;
  readonly classWeight?: Readonly<Record<number, number>> | undefined;
}

/** Whole arrays, arranged and checked. */
export function arrangeArrays(
  modelName: string,
  graph: Graph,
  x: unknown,
  y: unknown,
  { sampleWeight, classWeight }: Pick<FeedOptions, 'sampleWeight' | 'classWeight'>,
): Batch {
  const inputs = fitInputs(
    modelName,
    graph.inputs,
    graph.inputNames,
    arrange(x, graph.inputNames, graph.inputForm, 'input'),
  );
  const targets =
    y === undefined || y === null
      ? []
      : fitTargets(graph.outputs, arrange(y, graph.outputNames, graph.outputForm, 'output')).map(
          asSingle,
        );
  refuseNotFinite(inputs, graph.inputNames, 'x');
  refuseNotFinite(targets, graph.outputNames, 'y');
  let weights: Tensor[] = [];
  if (classWeight !== undefined) {
    if (sampleWeight !== undefined || targets.length !== 1)
      throw new ValueError(
        'fit/class-weight',
        'classWeight works alone, for a model with one output.',
        {
          got:
            sampleWeight === undefined
              ? `${targets.length} outputs`
              : 'classWeight and sampleWeight',
          expected: 'classWeight, or sampleWeight',
          fix: 'multiply the class weights into sampleWeight',
        },
      );
    weights = [weightsOfClasses(targets[0] as Tensor, classWeight)];
  } else if (sampleWeight !== undefined && sampleWeight !== null) {
    weights = arrangeWeights(graph, sampleWeight, targets);
  }
  if (weights.length > 0) {
    weights = weights.map(asSingle);
    refuseNotFinite(weights, graph.outputNames, 'sampleWeight');
  }
  countSamples([...inputs, ...targets, ...weights]);
  return { x: inputs, y: targets, weights };
}

/** Models compute in float32; a target of float64 would carry its type into losses and metrics. */
const asSingle = (values: Tensor): Tensor =>
  values.dtype === 'float64' ? values.cast('float32') : values;

/** One tensor of weights per output: the same for all, or a list, or by the name of the output (others weigh 1). */
function arrangeWeights(graph: Graph, given: unknown, targets: readonly Tensor[]): Tensor[] {
  const { outputNames, outputForm } = graph;
  const isPlain =
    typeof given === 'object' &&
    given !== null &&
    !Array.isArray(given) &&
    !(given instanceof Tensor) &&
    !ArrayBuffer.isView(given);
  if (outputNames.length > 1 && isPlain) {
    const all = outputNames.map((name, i) => [name, ones([targets[i]?.shape[0] ?? 0])]);
    return arrange({ ...Object.fromEntries(all), ...given }, outputNames, outputForm, 'output');
  }
  const isList = Array.isArray(given) && given.length === outputNames.length;
  if (outputNames.length === 1 || isList) return arrange(given, outputNames, outputForm, 'output');
  const [shared] = arrange(given, ['weights'], 'single', 'weight');
  return outputNames.map(() => shared as Tensor);
}

/** Splits off the last share of the samples, before any shuffling, as Keras does. */
export function splitOff(data: Batch, share: number): [Batch, Batch] {
  const count = data.x[0]?.shape[0] ?? 0;
  const cut = Math.floor(count * (1 - share));
  if (!(share > 0 && share < 1) || cut === 0 || cut === count)
    throw new ValueError(
      'fit/validation-split',
      'validationSplit leaves one part without samples.',
      {
        got: `${share} of ${count} samples`,
        expected: 'a share between 0 and 1 that leaves samples on both sides',
      },
    );
  const part = (begin: number, end: number): Batch => ({
    x: sliceRows(data.x, begin, end),
    y: sliceRows(data.y, begin, end),
    weights: sliceRows(data.weights, begin, end),
  });
  return [part(0, cut), part(cut, count)];
}

/** Batches of arrays in memory; shuffled anew each epoch, by seed and epoch alone. */
export function feedArrays(
  data: Batch,
  { batchSize, shuffle, seed }: Pick<FeedOptions, 'batchSize' | 'shuffle' | 'seed'>,
): Feed {
  const count = data.x[0]?.shape[0] ?? 0;
  /** A new order of the samples inside of each group of so many. */
  const orderOf = (epoch: number, all: number, group: number): Int32Array => {
    const order = permutation(foldIn(key(seed), `shuffle/${epoch}`), all).data as Int32Array;
    if (group >= all) return order;
    // Where a random order put the samples of a group orders them at random among themselves.
    const inside = Int32Array.from(order, (_, i) => i);
    for (let begin = 0; begin < all; begin += group)
      inside
        .subarray(begin, begin + group)
        .sort((a, b) => (order[a] as number) - (order[b] as number));
    return inside;
  };
  return {
    steps: Math.ceil(count / batchSize),
    open(epoch) {
      const order =
        shuffle === false
          ? undefined
          : orderOf(epoch, count, shuffle === 'batch' ? batchSize : count);
      let begin = 0;
      return {
        next(limit) {
          if (begin >= count) return undefined;
          // Only whole batches can lie in one stack.
          const steps = Math.max(1, Math.min(limit, Math.floor((count - begin) / batchSize)));
          const end = Math.min(count, begin + steps * batchSize);
          const pick = (tensors: readonly Tensor[]): Tensor[] => {
            const rows =
              order === undefined
                ? sliceRows(tensors, begin, end)
                : gatherRows(tensors, order.subarray(begin, end));
            return steps === 1
              ? rows
              : rows.map((x) => x.reshape([steps, batchSize, ...x.shape.slice(1)]));
          };
          const batch = { x: pick(data.x), y: pick(data.y), weights: pick(data.weights) };
          begin = end;
          return { batch, steps };
        },
      };
    },
  };
}

/** True for data that come batch by batch: a dataset, a generator function, or something to iterate that is no array. */
export function isStream(x: unknown): boolean {
  return (
    x instanceof Dataset ||
    typeof x === 'function' ||
    (typeof x === 'object' &&
      x !== null &&
      !Array.isArray(x) &&
      !ArrayBuffer.isView(x) &&
      (Symbol.asyncIterator in x || Symbol.iterator in x))
  );
}

const isElement = (element: unknown): boolean =>
  Array.isArray(element) || (typeof element === 'object' && element !== null && 'x' in element);

/** Batches of a dataset of `{ x, y, sampleWeight? }` or `[x, y, sampleWeight?]`. */
export function feedStream(
  modelName: string,
  graph: Graph,
  source: unknown,
  batchSize: number,
  check: (batch: Batch) => void,
): Feed {
  const arrangeOne = (element: unknown): Batch => {
    if (!isElement(element))
      throw new ValueError('fit/stream-element', 'A batch of a stream brings its inputs.', {
        got:
          typeof element === 'object' && element !== null && !(element instanceof Tensor)
            ? `an object with ${Object.keys(element).join(', ')}`
            : element instanceof Tensor
              ? 'a tensor'
              : typeof element,
        expected: '{ x, y }, { x, y, sampleWeight }, or a list in this order',
        fix: 'yield { x, y }',
      });
    const parts = Array.isArray(element)
      ? { x: element[0] as unknown, y: element[1] as unknown, sampleWeight: element[2] as unknown }
      : (element as { x: unknown; y?: unknown; sampleWeight?: unknown });
    const batch = arrangeArrays(modelName, graph, parts.x, parts.y, {
      sampleWeight: parts.sampleWeight,
    });
    check(batch);
    return batch;
  };
  const isDataset = source instanceof Dataset;
  return {
    steps: isDataset
      ? source.isBatched
        ? source.size
        : source.size === undefined
          ? undefined
          : Math.ceil(source.size / batchSize)
      : undefined,
    open(epoch) {
      const elements = isDataset
        ? (source.batches(
            source.isBatched ? { epoch } : { epoch, size: batchSize },
          ) as AsyncIterable<unknown>)
        : typeof source === 'function'
          ? (source as () => AsyncIterable<unknown> | Iterable<unknown>)()
          : (source as AsyncIterable<unknown> | Iterable<unknown>);
      return stackingCursor(elements, arrangeOne);
    },
  };
}

/** Takes elements one by one, and stacks those of one shape when several are asked for. */
function stackingCursor(
  elements: AsyncIterable<unknown> | Iterable<unknown>,
  arrangeOne: (element: unknown) => Batch,
): Cursor {
  const iterator =
    Symbol.asyncIterator in elements
      ? elements[Symbol.asyncIterator]()
      : elements[Symbol.iterator]();
  let ahead: Batch | undefined;
  const take = async (): Promise<Batch | undefined> => {
    if (ahead !== undefined) {
      const batch = ahead;
      ahead = undefined;
      return batch;
    }
    const { done, value } = await iterator.next();
    return done === true ? undefined : arrangeOne(value);
  };
  const shapeOf = (batch: Batch): string =>
    treeFlatten(batch)
      .leaves.map(({ dtype, shape }) => `${dtype}${shape.join()}`)
      .join(';');
  return {
    async next(limit) {
      const first = await take();
      if (first === undefined) return undefined;
      const batches = [first];
      while (batches.length < limit) {
        const next = await take();
        if (next === undefined) break;
        if (shapeOf(next) !== shapeOf(first)) {
          ahead = next;
          break;
        }
        batches.push(next);
      }
      if (batches.length === 1) return { batch: first, steps: 1 };
      const together = (part: 'x' | 'y' | 'weights'): Tensor[] =>
        first[part].map((_, i) => stack(batches.map((batch) => batch[part][i] as Tensor)));
      return {
        batch: { x: together('x'), y: together('y'), weights: together('weights') },
        steps: batches.length,
      };
    },
  };
}
