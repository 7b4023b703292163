/** What happened in training, in the order in which it happened. */
export type TrainingEvent =
  | {
      readonly type: 'batch';
      readonly epoch: number;
      readonly batch: number;
      readonly loss: number;
    }
  | {
      readonly type: 'epoch';
      readonly epoch: number;
      readonly logs: Readonly<Record<string, number>>;
    }
  | { readonly type: 'end'; readonly history: History };

/** The numbers of every epoch, by name, as in Keras: `loss`, `accuracy`, `val_loss`, ... */
export interface History {
  readonly history: Readonly<Record<string, number[]>>;
  readonly epoch: readonly number[];
  readonly params: {
    readonly verbose: 0 | 1 | 2;
    readonly epochs: number;
    readonly steps: number | undefined;
  };
}

/** How long training may hold the event loop, in milliseconds: about one frame of a screen. */
const FRAME_MS = 16;

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}

/**
 * Training under way. Await it for the `History`, iterate it for events, and pause, step, resume or abort it meanwhile.
 *
 * @example
 * const run = model.fit(x, y, { epochs: 5 });
 * for await (const event of run) if (event.type === 'epoch') console.log(event.logs.loss);
 */
export class Run implements PromiseLike<History>, AsyncIterable<TrainingEvent> {
  readonly #done: Promise<History>;
  readonly #listeners: Set<(event: TrainingEvent | undefined, error?: unknown) => void> = new Set();
  readonly #signal: AbortSignal | undefined;
  #paused = false;
  #steps = 0;
  #aborted = false;
  #reason: unknown;
  #wake: (() => void) | undefined;
  #lastTurn: number = performance.now();

  /** For the library itself; `model.fit` makes runs. */
  constructor(body: (run: Run) => Promise<History>, signal?: AbortSignal) {
    this.#signal = signal;
    const onAbort = (): void => this.abort(signal?.reason);
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    // A turn first, so that whoever called fit can begin to listen before the first event.
    this.#done = nextTurn()
      .then(() => body(this))
      .then(
        (history) => {
          this.emit({ type: 'end', history });
          for (const listener of this.#listeners) listener(undefined);
          return history;
        },
        (error: unknown) => {
          for (const listener of this.#listeners)
            listener(undefined, error ?? new Error('aborted'));
          throw error;
        },
      )
      .finally(() => this.#signal?.removeEventListener('abort', onAbort));
  }

  then<A = History, B = never>(
    fulfilled?: ((history: History) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#done.then(fulfilled, rejected);
  }

  catch<B = never>(
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<History | B> {
    return this.#done.catch(rejected);
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  /** Halts after the batch under way. */
  pause(): void {
    this.#paused = true;
  }

  /** Goes on after `pause`. */
  resume(): void {
    this.#paused = false;
    this.#wake?.();
  }

  /** Runs one batch and pauses. */
  step(): void {
    this.#paused = true;
    this.#steps++;
    this.#wake?.();
  }

  /** Ends training after the batch under way; awaiting the run then throws. The weights stay as they are. */
  abort(reason: unknown = new DOMException('Training was aborted.', 'AbortError')): void {
    this.#aborted = true;
    this.#reason = reason;
    this.#wake?.();
  }

  /** For the loop: tells listeners. */
  emit(event: TrainingEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  /** For the loop, before each batch: lets the event loop turn, waits while paused, throws when aborted. */
  async turn(): Promise<void> {
    if (performance.now() - this.#lastTurn >= FRAME_MS) {
      await nextTurn();
      this.#lastTurn = performance.now();
    }
    while (this.#paused && this.#steps === 0 && !this.#aborted)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    if (this.#steps > 0) this.#steps--;
    if (this.#aborted) throw this.#reason;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TrainingEvent> {
    const queue: TrainingEvent[] = [];
    let finished = false;
    let failure: unknown;
    let wake: (() => void) | undefined;
    const listener = (event: TrainingEvent | undefined, error?: unknown): void => {
      if (event === undefined) {
        finished = true;
        failure = error;
      } else queue.push(event);
      wake?.();
    };
    this.#listeners.add(listener);
    void this.#done.then(
      () => listener(undefined),
      (error: unknown) => listener(undefined, error),
    );
    try {
      for (;;) {
        while (queue.length > 0) yield queue.shift() as TrainingEvent;
        if (finished) break;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (failure !== undefined) throw failure;
    } finally {
      this.#listeners.delete(listener);
    }
  }
}
