import { ValueError } from '@gradus/tensor';
import type { Cursor } from './cursor.js';
import { END, after } from './cursor.js';
import { toTensors } from './tree.js';

/** Something that can be read element by element; a function is called anew for every epoch. */
export type StreamSource<E> =
  | Iterable<E>
  | AsyncIterable<E>
  | (() => Iterable<E> | AsyncIterable<E>);

/** Opens a stream from its beginning; the elements come as trees of tensors. */
export type OpenStream = () => Cursor<unknown>;

/**
 * Prepares a stream for reading many times.
 *
 * @throws ValueError on the second opening when the source is an iterator, which can be read only once.
 */
export function openStream(source: StreamSource<unknown>): OpenStream {
  let opened = false;
  return () => {
    const iterable = typeof source === 'function' ? source() : source;
    const iterator =
      Symbol.asyncIterator in iterable
        ? iterable[Symbol.asyncIterator]()
        : iterable[Symbol.iterator]();
    if (opened && (iterator as unknown) === source)
      throw new ValueError(
        'data/used-up',
        'This source can be read only once, and it has been read.',
        {
          got: 'an iterator (a generator that was already called)',
          expected: 'something that starts anew for every epoch',
          fix: 'pass the generator function itself: dataset(samples), not dataset(samples())',
        },
      );
    opened = true;
    return {
      next: () =>
        after(
          iterator.next() as IteratorResult<unknown> | Promise<IteratorResult<unknown>>,
          (step) => (step.done === true ? END : toTensors(step.value)),
        ),
      close: () => void iterator.return?.(),
    };
  };
}
