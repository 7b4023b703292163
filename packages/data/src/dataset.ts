import { Tensor, ValueError } from '@gradus/tensor';
import type { Maybe, Reading } from './cursor.js';
import { END, isPromise } from './cursor.js';
import type { Selection } from './rows.js';
import { concatenateSelections, reorder, selectTree, sliceSelection } from './rows.js';
import type { StreamSource } from './source.js';
import { openStream } from './source.js';
import * as stages from './stages.js';
import type { DataParts, DataTree, SampleTree, Tensors } from './tree.js';
import { countRows, isBranch, toTensors } from './tree.js';

/** `seed` (0) decides the order; the same seed and epoch give the same order on every machine. */
export interface ShuffleOptions {
  readonly seed?: number | string;
  /** A new order for every epoch (true), or the same one always. */
  readonly eachEpoch?: boolean;
  /** Streams only, which cannot be shuffled as a whole: how many elements wait to be drawn (1024). */
  readonly windowSize?: number;
}

/** `dropRemainder` (false) leaves out a last batch that is smaller than the others. */
export interface BatchOptions {
  readonly dropRemainder?: boolean;
}

export interface BatchesOptions extends BatchOptions {
  /** Rows per batch: 32, unless the dataset is batched already. */
  readonly size?: number;
  /** Which pass this is (0); a shuffled dataset has another order in each. */
  readonly epoch?: number;
  /** Gathered batches may share memory (false): then a batch is valid until the next one is asked for. */
  readonly reuse?: boolean;
}

/** What a `Dataset` is made of. `rows` exists as long as it is rows in memory in a known order. */
interface Plan {
  readonly open: stages.Open;
  readonly size: number | undefined;
  readonly isBatched: boolean;
  readonly rows?: { readonly tree: unknown; readonly order: (epoch: number) => Selection };
}

function checkCount(method: string, count: number, least: number): void {
  if (Number.isInteger(count) && count >= least) return;
  throw new ValueError(`data/${method}`, `${method}() takes a whole number.`, {
    got: String(count),
    expected: `a whole number, ${least} or more`,
  });
}

function rowsPlan(tree: unknown, size: number, order: (epoch: number) => Selection): Plan {
  return { open: stages.rowStage(tree, order), size, isBatched: false, rows: { tree, order } };
}

/**
 * Data to train on, in the order and portions in which training wants them. A dataset is a recipe: every method returns
 * a new one and nothing is read before it is iterated. Rows in memory are iterated with `for … of`, without promises;
 * data that arrive over time with `for await … of`, which works for both.
 *
 * Before `batch` the elements are rows, after it they are batches, and `map`, `take`, `skip` and `repeat` count elements.
 *
 * @example
 * const data = dataset({ x: [[1], [2], [3]], y: [2, 4, 6] }).batch(2);
 * [...data].map(({ x, y }) => [x.shape, y.toArray()]); // => [[[2,1],[2,4]],[[1,1],[6]]]
 */
export class Dataset<T> implements Iterable<T>, AsyncIterable<T> {
  /** Number of elements: rows, or batches after `batch`. Undefined when a stream has not told. */
  readonly size: number | undefined;
  /** Whether the elements are batches. */
  readonly isBatched: boolean;
  readonly #plan: Plan;

  /** For the library itself; use `dataset(...)`. */
  constructor(plan: Plan) {
    this.#plan = plan;
    this.size = plan.size;
    this.isBatched = plan.isBatched;
  }

  /**
   * Another order for every epoch. Rows in memory are shuffled as a whole; streams and batches within a sliding window.
   */
  shuffle({ seed = 0, eachEpoch = true, windowSize = 1024 }: ShuffleOptions = {}): Dataset<T> {
    checkCount('shuffle', windowSize, 1);
    const { rows, open, size } = this.#plan;
    if (rows === undefined || size === undefined)
      return new Dataset({
        ...this.#plan,
        open: stages.shuffleStage(open, seed, windowSize, eachEpoch),
      });
    const order = (epoch: number): Selection =>
      reorder(rows.order(epoch), stages.shuffleOrder(seed, eachEpoch ? epoch : 0, size));
    return new Dataset(rowsPlan(rows.tree, size, order));
  }

  /** Batches of `size` rows. Rows in memory that are neighbours are not copied. A batched dataset is batched anew. */
  batch(size: number, { dropRemainder = false }: BatchOptions = {}): Dataset<T> {
    checkCount('batch', size, 1);
    if (this.isBatched) return this.unbatch().batch(size, { dropRemainder });
    const { rows, open, size: count } = this.#plan;
    const batches = count === undefined ? undefined : count / size;
    return new Dataset({
      open:
        rows === undefined
          ? stages.stackStage(open, size, dropRemainder)
          : stages.rowBatchStage(rows.tree, rows.order, size, dropRemainder),
      size:
        batches === undefined
          ? undefined
          : dropRemainder
            ? Math.floor(batches)
            : Math.ceil(batches),
      isBatched: true,
    });
  }

  /** The rows of the batches, one by one. */
  unbatch(): Dataset<T> {
    if (!this.isBatched) return this;
    return new Dataset({
      open: stages.unbatchStage(this.#plan.open),
      size: undefined,
      isBatched: false,
    });
  }

  /**
   * Every element changed by a function, which may return a promise. Changing whole batches, after `batch`, is faster than
   * changing rows one by one. Numbers that it returns become tensors when rows are batched.
   */
  map<U>(change: (element: T) => U | Promise<U>): Dataset<U> {
    const { open, size, isBatched } = this.#plan;
    return new Dataset<U>({
      open: stages.mapStage(open, change as (element: unknown) => unknown),
      size,
      isBatched,
    });
  }

  /** The first `count` elements. */
  take(count: number): Dataset<T> {
    checkCount('take', count, 0);
    const { rows, open, size } = this.#plan;
    const left = size === undefined ? undefined : Math.min(size, count);
    if (rows === undefined || left === undefined)
      return new Dataset({ ...this.#plan, open: stages.takeStage(open, count), size: left });
    return new Dataset(
      rowsPlan(rows.tree, left, (epoch) => sliceSelection(rows.order(epoch), 0, left)),
    );
  }

  /** Everything but the first `count` elements. */
  skip(count: number): Dataset<T> {
    checkCount('skip', count, 0);
    const { rows, open, size } = this.#plan;
    const left = size === undefined ? undefined : Math.max(0, size - count);
    if (rows === undefined || left === undefined)
      return new Dataset({ ...this.#plan, open: stages.skipStage(open, count), size: left });
    return new Dataset(
      rowsPlan(rows.tree, left, (epoch) => sliceSelection(rows.order(epoch), count, count + left)),
    );
  }

  /** The elements `count` times over, each time shuffled anew; without a number, forever. */
  repeat(count: number = Infinity): Dataset<T> {
    if (count !== Infinity) checkCount('repeat', count, 1);
    const { rows, open, size } = this.#plan;
    if (rows === undefined || size === undefined || count === Infinity)
      return new Dataset({
        open: stages.repeatStage(open, count),
        size: size === undefined || size === 0 ? size : size * count,
        isBatched: this.isBatched,
      });
    const order = (epoch: number): Selection =>
      concatenateSelections(Array.from({ length: count }, (_, i) => rows.order(epoch * count + i)));
    return new Dataset(rowsPlan(rows.tree, size * count, order));
  }

  /**
   * The batches of one epoch, to be iterated once or more. This is what `fit` reads.
   *
   * @example
   * const data = dataset({ x: [1, 2, 3, 4] }).shuffle({ seed: 7 });
   * [...data.batches({ size: 3, epoch: 3 })].map(({ x }) => x.size); // => [3,1]
   */
  batches({
    size,
    epoch = 0,
    reuse = false,
    dropRemainder = false,
  }: BatchesOptions = {}): Iterable<T> & AsyncIterable<T> {
    const source =
      this.isBatched && size === undefined ? this : this.batch(size ?? 32, { dropRemainder });
    return iterate<T>(source.#plan.open, { epoch, reuse });
  }

  /**
   * All rows as one batch.
   *
   * @throws ValueError when the dataset is a stream: read that with `for await`.
   */
  toTensors(epoch: number = 0): T {
    const { rows } = this.#plan;
    if (rows === undefined)
      throw new ValueError('data/stream', 'Only rows in memory can be had as one batch.', {
        got: this.isBatched ? 'a dataset of batches' : 'a stream',
        expected: 'a dataset of rows, before batch() and map()',
        fix: 'collect the elements with for await … of',
      });
    return selectTree(rows.tree, rows.order(epoch)) as T;
  }

  [Symbol.iterator](): Iterator<T> {
    return iterate<T>(this.#plan.open, { epoch: 0, reuse: false })[Symbol.iterator]();
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return iterate<T>(this.#plan.open, { epoch: 0, reuse: false })[Symbol.asyncIterator]();
  }
}

function now(value: Maybe<unknown>): unknown {
  if (!isPromise(value)) return value;
  // Its outcome is of no interest any more, and a rejection without a reader would end the process.
  value.catch(() => undefined);
  throw new ValueError(
    'data/asynchronous',
    'These data arrive over time, so they cannot be iterated at once.',
    {
      got: 'for … of over an asynchronous source',
      expected: 'for await … of',
      fix: 'write for await (const batch of data)',
    },
  );
}

function iterate<T>(open: stages.Open, reading: Reading): Iterable<T> & AsyncIterable<T> {
  return {
    *[Symbol.iterator](): Generator<T> {
      const cursor = open(reading);
      try {
        for (let element = now(cursor.next()); element !== END; element = now(cursor.next()))
          yield element as T;
      } finally {
        cursor.close();
      }
    },
    async *[Symbol.asyncIterator](): AsyncGenerator<T> {
      const cursor = open(reading);
      try {
        for (let element = await cursor.next(); element !== END; element = await cursor.next())
          yield element as T;
      } finally {
        cursor.close();
      }
    },
  };
}

/** `batched` (false): every element is a batch already, with the rows along its first axis. `size`: number of elements, when known. */
export interface StreamOptions {
  readonly batched?: boolean;
  readonly size?: number;
}

function isStream(source: unknown): source is StreamSource<unknown> {
  if (typeof source === 'function') return true;
  if (typeof source !== 'object' || source === null) return false;
  if (source instanceof Tensor || ArrayBuffer.isView(source)) return false;
  // A list of objects is a list of samples; a list of numbers, lists or tensors is data by columns.
  if (Array.isArray(source)) return isBranch(source[0]) && !Array.isArray(source[0]);
  return Symbol.iterator in source || Symbol.asyncIterator in source;
}

/**
 * A dataset of anything: arrays and tensors that share their first axis (also named columns), a list of samples, an
 * iterable, an async iterable, or a generator function that is called anew for every epoch.
 *
 * @param source rows in memory, `{ x: [rows, ...], y: [rows, ...], sampleWeight?: [rows] }`, or a stream of samples.
 * @throws ShapeError when parts have different numbers of rows; ValueError when there are none, or for text.
 *
 * @example
 * dataset({ x: [[0, 0], [0, 1]], y: [0, 1] }).size; // => 2
 * const stream = dataset(function* () { for (let i = 0; i < 5; i++) yield { x: [i], y: 2 * i }; });
 * [...stream.batch(2)].map(({ y }) => y.toArray()); // => [[0,2],[4,6],[8]]
 */
export function dataset<E extends SampleTree>(
  source: (() => Iterable<E> | AsyncIterable<E>) | AsyncIterable<E>,
  options?: StreamOptions,
): Dataset<Tensors<E>>;
export function dataset<S extends DataTree | DataParts<S>>(source: S): Dataset<Tensors<S>>;
export function dataset<E extends SampleTree>(
  source: Iterable<E>,
  options?: StreamOptions,
): Dataset<Tensors<E>>;
export function dataset(source: unknown, options: StreamOptions = {}): Dataset<unknown> {
  if (isStream(source)) {
    const { batched = false, size = Array.isArray(source) ? source.length : undefined } = options;
    const open = openStream(source);
    return new Dataset({ open: () => open(), size, isBatched: batched });
  }
  const tree = toTensors(source);
  const size = countRows(tree);
  return new Dataset(rowsPlan(tree, size, () => ({ begin: 0, end: size })));
}
