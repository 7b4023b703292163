import { foldIn, key, permutation, randomUniform } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import type { Cursor, Maybe, Reading } from './cursor.js';
import { END, after, run } from './cursor.js';
import type { Buffers, Selection } from './rows.js';
import { batchRows, rowOf, selectTree, selectionLength, sliceSelection } from './rows.js';
import { stackSamples } from './stack.js';
import { toTensors } from './tree.js';

/** A recipe for a stream of elements: opened once per pass. */
export type Open = (reading: Reading) => Cursor<unknown>;

// A stage that keeps elements while it asks for more must not be handed memory that the next element overwrites.
const keeping = (reading: Reading): Reading => ({ ...reading, reuse: false });

export function mapStage(open: Open, change: (element: unknown) => unknown): Open {
  return (reading) => {
    const upstream = open(reading);
    return {
      next: () => after(upstream.next(), (element) => (element === END ? END : change(element))),
      close: () => upstream.close(),
    };
  };
}

export function takeStage(open: Open, count: number): Open {
  return (reading) => {
    const upstream = open(reading);
    let left = count;
    return { next: () => (left-- > 0 ? upstream.next() : END), close: () => upstream.close() };
  };
}

export function skipStage(open: Open, count: number): Open {
  return (reading) => {
    const upstream = open(reading);
    let left = count;
    return {
      next: () =>
        run(
          (function* (): Generator<Maybe<unknown>, unknown, unknown> {
            for (; left > 0; left--) if ((yield upstream.next()) === END) return END;
            return yield upstream.next();
          })(),
        ),
      close: () => upstream.close(),
    };
  };
}

/** Passes follow each other; each one shuffles as an epoch of its own. */
export function repeatStage(open: Open, count: number): Open {
  return (reading) => {
    const firstEpoch = count === Infinity ? reading.epoch : reading.epoch * count;
    let round = 0;
    let upstream: Cursor<unknown> | undefined;
    const next = function* (): Generator<Maybe<unknown>, unknown, unknown> {
      while (round < count) {
        const isFresh = upstream === undefined;
        upstream ??= open({ ...reading, epoch: firstEpoch + round });
        const element = yield upstream.next();
        if (element !== END) return element;
        // Without this an empty source would be repeated forever.
        if (isFresh) return END;
        upstream.close();
        upstream = undefined;
        round++;
      }
      return END;
    };
    return { next: () => run(next()), close: () => upstream?.close() };
  };
}

/** The key of one pass of a shuffle. */
export function shuffleKey(seed: number | string, epoch: number): Tensor {
  return foldIn(foldIn(key(seed), 'shuffle'), epoch);
}

export function shuffleOrder(seed: number | string, epoch: number, length: number): Int32Array {
  return permutation(shuffleKey(seed, epoch), length).data as Int32Array;
}

/** A window of elements slides over the stream; each element that leaves it is picked at random. */
export function shuffleStage(
  open: Open,
  seed: number | string,
  windowSize: number,
  eachEpoch: boolean,
): Open {
  return (reading) => {
    const upstream = open(keeping(reading));
    const base = shuffleKey(seed, eachEpoch ? reading.epoch : 0);
    const window: unknown[] = [];
    let isDry = false;
    let drawn = 0;
    let numbers: ArrayLike<number> = [];
    const pick = (): unknown => {
      // One draw of many numbers costs about as much as a draw of one.
      if (drawn % 256 === 0) numbers = randomUniform(foldIn(base, drawn / 256), [256]).data;
      const at = Math.floor((numbers[drawn++ % 256] as number) * window.length);
      const element = window[at];
      const last = window.pop();
      if (at < window.length) window[at] = last;
      return element;
    };
    const next = function* (): Generator<Maybe<unknown>, unknown, unknown> {
      while (!isDry && window.length < windowSize) {
        const element = yield upstream.next();
        if (element === END) isDry = true;
        else window.push(element);
      }
      return window.length === 0 ? END : pick();
    };
    return { next: () => run(next()), close: () => upstream.close() };
  };
}

/** Batches of samples that come one by one. */
export function stackStage(open: Open, size: number, dropRemainder: boolean): Open {
  return (reading) => {
    const upstream = open(keeping(reading));
    let seen = 0;
    const next = function* (): Generator<Maybe<unknown>, unknown, unknown> {
      const samples: unknown[] = [];
      while (samples.length < size) {
        const sample = yield upstream.next();
        if (sample === END) break;
        samples.push(toTensors(sample));
      }
      if (samples.length === 0 || (dropRemainder && samples.length < size)) return END;
      seen += samples.length;
      return stackSamples(samples, seen - samples.length);
    };
    return { next: () => run(next()), close: () => upstream.close() };
  };
}

/** The rows of batches, one by one. */
export function unbatchStage(open: Open): Open {
  return (reading) => {
    const upstream = open(keeping(reading));
    let batch: unknown;
    let row = 0;
    let rows = 0;
    const next = function* (): Generator<Maybe<unknown>, unknown, unknown> {
      while (row >= rows) {
        batch = yield upstream.next();
        if (batch === END) return END;
        [row, rows] = [0, batchRows(batch)];
      }
      return rowOf(batch, row++);
    };
    return { next: () => run(next()), close: () => upstream.close() };
  };
}

/** Rows in memory, one by one. */
export function rowStage(tree: unknown, order: (epoch: number) => Selection): Open {
  return ({ epoch }) => {
    const selection = order(epoch);
    const length = selectionLength(selection);
    let at = 0;
    const next = (): unknown => {
      if (at >= length) return END;
      const i = at++;
      return rowOf(
        tree,
        selection instanceof Int32Array ? (selection[i] as number) : selection.begin + i,
      );
    };
    return { next, close: () => undefined };
  };
}

/** Batches of rows in memory: views where the rows are neighbours, one gathering copy where they are not. */
export function rowBatchStage(
  tree: unknown,
  order: (epoch: number) => Selection,
  size: number,
  dropRemainder: boolean,
): Open {
  return ({ epoch, reuse }) => {
    const selection = order(epoch);
    const length = selectionLength(selection);
    const buffers: Buffers | undefined = reuse ? new Map() : undefined;
    let at = 0;
    const next = (): unknown => {
      if (at >= length || (dropRemainder && at + size > length)) return END;
      const part = sliceSelection(selection, at, at + size);
      at += size;
      return selectTree(tree, part, buffers);
    };
    return { next, close: () => undefined };
  };
}
