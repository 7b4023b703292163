import { GradusError } from '@gradus/tensor';
import { control } from './control.js';
import { Holdings } from './holdings.js';
import { whenThereIsNoRoom } from './linear-memory.js';
import type { LinearMemory } from './linear-memory.js';
import { poolWords, threadWord } from './pool-words.js';
import { outcome } from './shared-run.js';
import { startThread } from './thread.js';
import type { Thread } from './thread.js';
import { startMessage } from './worker-source.js';
import type { WorkerMessage } from './worker-source.js';

/** A thread failed in the middle of a run. */
export class ThreadError extends GradusError {}

/** The fixed kernels, compiled. */
export interface SharedLibrary {
  readonly id: number;
  readonly module: WebAssembly.Module;
}

/** What other threads need of a program to take part in it. */
export interface SharedProgram {
  readonly module: WebAssembly.Module;
  readonly library: SharedLibrary | undefined;
  readonly linear: LinearMemory;
  /** How many phases a run has. */
  readonly phases: number;
  /** The most shares that there is scratch memory for. */
  readonly largestShares: number;
  /** `runShared` of this thread's instance. */
  run(thread: number, shares: number, base: number): number;
}

interface Member {
  readonly index: number;
  readonly thread: Thread;
  /** Ids of the programs it got. */
  readonly knows: Set<number>;
}

/** The most threads that the words of a pool have room for. */
export const MOST_THREADS = 256;

const FORGET_MEMORIES = 32;
const MOST_DEATHS = 10;
/** Time that a thread gets to notice that a run was given up. */
const LEAVE_MS = 2000;

/**
 * The threads that help the one that runs programs. They start when they are first wanted; until one is there, and has the
 * program, the run does without it, so that nothing ever waits for a start.
 */
export class ThreadPool {
  readonly #words = new Int32Array(
    new SharedArrayBuffer((poolWords.first + MOST_THREADS * poolWords.stride) * 4),
  );
  readonly #members: (Member | undefined)[] = [];
  /** Programs by number; what is not reachable any more is forgotten everywhere. */
  readonly #ids = new WeakMap<SharedProgram, number>();
  readonly #memoryIds = new WeakMap<LinearMemory, number>();
  readonly #dropped = new FinalizationRegistry<number>((id) => this.#forget([id]));
  readonly #held = new Holdings();
  #nextId = 1;
  #deaths = 0;
  /** Why no (more) threads are started. */
  #refused: string | undefined;
  readonly #forgetBytes: number;

  /** @param forgetBytes memory of programs, in sum, that other threads hold on to before all of them are forgotten. */
  constructor(forgetBytes: number = 2 ** 30) {
    this.#forgetBytes = forgetBytes;
    whenThereIsNoRoom(() => this.#makeRoom());
  }

  /** How many threads have started, the one that runs programs included. */
  get size(): number {
    let count = 1;
    for (const member of this.#members) if (member !== undefined && this.#isReady(member)) count++;
    return count;
  }

  /** Starts what is missing of `threads` threads. Returns at once. */
  start(threads: number): void {
    for (let index = 1; index < Math.min(threads, MOST_THREADS); index++) {
      if (this.#members[index] !== undefined || this.#refused !== undefined) continue;
      this.#startMember(index);
    }
  }

  /**
   * Runs a program on up to `threads` threads.
   *
   * @param looks how many times a thread looks for work before it sleeps; 200 take about half a microsecond.
   * @returns false when no other thread could help: then nothing has happened.
   * @throws ThreadError when a thread failed.
   */
  run(program: SharedProgram, threads: number, looks: number = 200): boolean {
    const id = this.#idOf(program);
    let helpers = 0;
    for (let index = 1; index < threads; index++) {
      const member = this.#members[index];
      if (member === undefined || !this.#isReady(member)) continue;
      if (!member.knows.has(id)) this.#send(member, program, id);
      helpers++;
    }
    if (helpers === 0) return false;
    const { linear, phases } = program;
    const { words } = linear;
    const shares = Math.min(helpers + 1, program.largestShares);
    // The upper half of the ticket is the number of the next phase.
    const base = words[control.ticket / 4 + 1] as number;
    words[control.looks / 4] = looks;
    this.#words[poolWords.looks] = looks;
    this.#postJob(id, threads, shares, base);
    let result: number = outcome.aborted;
    try {
      result = program.run(0, shares, base);
    } finally {
      if (result !== outcome.done) this.#clearAway(linear, base + phases);
    }
    if (result !== outcome.done) throw this.#failure();
    return true;
  }

  /** Ends all threads. The next run that wants some starts new ones. */
  stop(): void {
    for (const member of this.#members) {
      if (member === undefined) continue;
      member.thread.stop();
      this.#remove(member);
    }
  }

  #isReady({ index }: Member): boolean {
    return this.#words[threadWord(index, 'ready')] === 1;
  }

  #startMember(index: number): void {
    this.#words[threadWord(index, 'ready')] = 0;
    this.#words[threadWord(index, 'sent')] = 0;
    this.#words[threadWord(index, 'inside')] = 0;
    try {
      const thread = startThread(`gradus ${index}`, (reason) => this.#ended(member, reason));
      const member: Member = { index, thread, knows: new Set() };
      this.#members[index] = member;
      thread.post(startMessage(this.#words, index));
    } catch (error) {
      // A host that allows no threads (permissions, content security policy): one thread gives the same results.
      this.#refused = String(error);
    }
  }

  /** A thread ended by itself: one that never started, or many, mean that this host wants none. */
  #ended(member: Member, reason: string): void {
    if (this.#members[member.index] !== member) return;
    if (!this.#isReady(member) || ++this.#deaths >= MOST_DEATHS) this.#refused = reason;
    this.#remove(member);
  }

  #remove(member: Member): void {
    if (this.#members[member.index] !== member) return;
    this.#members[member.index] = undefined;
    this.#words[threadWord(member.index, 'ready')] = 0;
  }

  #idOf(program: SharedProgram): number {
    const known = this.#ids.get(program);
    if (known !== undefined) return known;
    const id = this.#nextId++;
    this.#ids.set(program, id);
    this.#dropped.register(program, id);
    // What is dropped is reported between two turns of the event loop; a program that never comes back to it must not
    // make the other threads hold on to everything.
    if (this.#held.bytes > this.#forgetBytes || this.#held.memories >= FORGET_MEMORIES)
      this.#forget(undefined);
    this.#held.add(id, this.#memoryIdOf(program.linear), program.linear.bytes);
    return id;
  }

  #memoryIdOf(linear: LinearMemory): number {
    let id = this.#memoryIds.get(linear);
    if (id === undefined) this.#memoryIds.set(linear, (id = this.#nextId++));
    return id;
  }

  #send(member: Member, program: SharedProgram, id: number): void {
    member.knows.add(id);
    this.#post(member, {
      kind: 'program',
      id,
      module: program.module,
      memoryId: this.#memoryIdOf(program.linear),
      memory: program.linear.memory,
      libraryId: program.library?.id ?? 0,
      library: program.library?.module,
    });
  }

  #forget(ids: readonly number[] | undefined): void {
    for (const id of ids ?? this.#held.programs) this.#held.remove(id);
    for (const member of this.#members) {
      if (member === undefined) continue;
      const known = ids === undefined ? undefined : ids.filter((id) => member.knows.delete(id));
      if (known === undefined) member.knows.clear();
      else if (known.length === 0) continue;
      this.#post(member, { kind: 'forget', ids: known });
    }
  }

  /** Has all threads forget everything, and waits until they have. */
  #makeRoom(): void {
    const members = this.#members.filter(
      (member): member is Member => member !== undefined && this.#isReady(member),
    );
    const words = members.map(({ index }) => threadWord(index, 'forgotten'));
    const before = words.map((word) => Atomics.load(this.#words, word));
    this.#forget(undefined);
    const until = Date.now() + LEAVE_MS;
    words.forEach((word, i) => {
      const count = before[i] as number;
      while (Atomics.load(this.#words, word) === count && Date.now() < until)
        Atomics.wait(this.#words, word, count, until - Date.now());
    });
  }

  #post(member: Member, message: WorkerMessage): void {
    member.thread.post(message);
    Atomics.add(this.#words, threadWord(member.index, 'sent'), 1);
    this.#wake();
  }

  #postJob(id: number, threads: number, shares: number, base: number): void {
    const words = this.#words;
    Atomics.add(words, poolWords.job, 1);
    Atomics.store(words, poolWords.program, id);
    Atomics.store(words, poolWords.threads, threads);
    Atomics.store(words, poolWords.shares, shares);
    Atomics.store(words, poolWords.base, base);
    Atomics.add(words, poolWords.job, 1);
    this.#wake();
  }

  #wake(): void {
    Atomics.add(this.#words, poolWords.event, 1);
    if (Atomics.load(this.#words, poolWords.sleepers) > 0)
      Atomics.notify(this.#words, poolWords.event);
  }

  /** After a failure: all threads leave the run, those that do not are ended, and the memory is ready for the next run. */
  #clearAway({ words }: LinearMemory, nextPhase: number): void {
    Atomics.store(words, control.abort / 4, 1);
    Atomics.notify(words, control.ticket / 4);
    const until = Date.now() + LEAVE_MS;
    for (const member of this.#members) {
      if (member === undefined) continue;
      const inside = threadWord(member.index, 'inside');
      while (Atomics.load(this.#words, inside) !== 0 && Date.now() < until)
        Atomics.wait(this.#words, inside, 1, until - Date.now());
      if (Atomics.load(this.#words, inside) === 0) continue;
      member.thread.stop();
      this.#remove(member);
    }
    // Whoever still comes with an old number finds that its run is over.
    Atomics.store(words, control.ticket / 4, 0);
    Atomics.store(words, control.ticket / 4 + 1, nextPhase | 0);
    Atomics.store(words, control.abort / 4, 0);
  }

  #failure(): ThreadError {
    const words = this.#words;
    const bytes = Atomics.exchange(words, poolWords.failureBytes, 0);
    const text = new TextDecoder().decode(
      new Uint8Array(words.buffer, poolWords.failureText * 4, bytes).slice(),
    );
    return new ThreadError('threads/failed', 'A thread failed in the middle of a run.', {
      got: bytes === 0 ? 'no sign of life from it' : text,
      expected: 'every thread to finish its share',
      fix: 'load the model again: its state may hold half a step; setThreads(1) runs without other threads',
    });
  }
}
