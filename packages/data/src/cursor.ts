/** What a cursor answers when it has nothing more. */
export const END: unique symbol = Symbol('end of data');

/** A value now, or a promise of it. */
export type Maybe<T> = T | Promise<T>;

/**
 * A place in a stream of elements. `next` answers at once where it can, so that the same pipeline runs without a single
 * promise over data in memory and with promises over data that have to be fetched.
 */
export interface Cursor<T> {
  next(): Maybe<T | typeof END>;
  close(): void;
}

/** What a stage of a pipeline is told when it is opened. */
export interface Reading {
  /** Which pass over the data this is; it decides the order of a shuffle. */
  readonly epoch: number;
  /** The reader is done with an element before it asks for the next, so its memory may be used again. */
  readonly reuse: boolean;
}

export function isPromise<T>(value: Maybe<T>): value is Promise<T> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}

/** Runs steps that `yield` what they wait for; stays synchronous until the first promise. */
export function run<T, R>(steps: Generator<Maybe<T>, R, T>): Maybe<R> {
  return resume(steps, steps.next());
}

function resume<T, R>(
  steps: Generator<Maybe<T>, R, T>,
  reached: IteratorResult<Maybe<T>, R>,
): Maybe<R> {
  let step = reached;
  while (step.done !== true) {
    const waited = step.value;
    if (isPromise(waited)) return waited.then((value) => resume(steps, steps.next(value)));
    step = steps.next(waited);
  }
  return step.value;
}

/** Continues with a value, now or when it arrives. */
export function after<T, R>(value: Maybe<T>, then: (value: T) => Maybe<R>): Maybe<R> {
  return isPromise(value) ? value.then(then) : then(value);
}
