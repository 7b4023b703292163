import { control } from './control.js';
import { poolWords, threadWord } from './pool-words.js';
import { outcome } from './shared-run.js';

/**
 * The program of a thread, as text: it runs wherever it is started from, without a file that a server has to offer or a
 * bundler to find. A classic script, for Node (`eval`) and browsers (an address of a `Blob`).
 *
 * Between jobs the thread sleeps. When there is a message it leaves its loop, because messages only come to who is idle.
 */
export const workerSource: string = `'use strict';
(() => {
  const node = typeof require === 'function' ? require('node:worker_threads') : undefined;
  const programs = new Map();
  const memories = new Map();
  let words, index, sentWord, insideWord, forgottenWord;
  let received = 0;
  let seen = 0;

  const memoryOf = ({ memoryId, memory }) => {
    let known = memories.get(memoryId);
    if (known === undefined) {
      known = { memory, words: new Int32Array(memory.buffer, 0, ${control.end / 4}), users: 0, libraries: new Map() };
      memories.set(memoryId, known);
    }
    return known;
  };

  const libraryOf = (home, { libraryId, library }) => {
    if (library === undefined) return {};
    let exports = home.libraries.get(libraryId);
    if (exports === undefined) {
      exports = new WebAssembly.Instance(library, { env: { memory: home.memory } }).exports;
      home.libraries.set(libraryId, exports);
    }
    return exports;
  };

  const add = (message) => {
    const home = memoryOf(message);
    const host = () => { throw new Error('a step in JavaScript outside of the first thread'); };
    const env = { memory: home.memory, host, ...libraryOf(home, message) };
    const { runShared } = new WebAssembly.Instance(message.module, { env }).exports;
    home.users++;
    programs.set(message.id, { run: runShared, home, memoryId: message.memoryId });
  };

  const forget = (ids) => {
    for (const id of ids ?? [...programs.keys()]) {
      const program = programs.get(id);
      if (program === undefined) continue;
      programs.delete(id);
      if (--program.home.users === 0) memories.delete(program.memoryId);
    }
    // Shared memory is not counted by the garbage collector, and this thread allocates nothing else: arrays that nobody
    // touches cost nothing but are counted.
    for (let i = 0; i < 4; i++) new ArrayBuffer(64 * 2 ** 20);
    if (ids !== undefined) return;
    // Where there is no room for another memory, asking for one has all garbage collected.
    new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
  };

  const fail = (home, error) => {
    const text = new TextEncoder().encode(String(error)).subarray(0, ${poolWords.failureLimit});
    new Uint8Array(words.buffer, ${poolWords.failureText * 4}, text.length).set(text);
    Atomics.store(words, ${poolWords.failureBytes}, text.length);
    Atomics.store(home.words, ${control.abort / 4}, 1);
    Atomics.notify(home.words, ${control.ticket / 4});
  };

  const takePart = (program, shares, base) => {
    Atomics.store(words, insideWord, 1);
    let result = ${outcome.aborted};
    try {
      result = program.run(index, shares, base);
    } catch (error) {
      fail(program.home, error);
    }
    Atomics.store(words, insideWord, 0);
    Atomics.notify(words, insideWord);
    return result;
  };

  const loop = () => {
    for (;;) {
      const event = Atomics.load(words, ${poolWords.event});
      if (Atomics.load(words, sentWord) !== received) return;
      const job = Atomics.load(words, ${poolWords.job});
      if (job !== seen && job % 2 === 0) {
        const program = programs.get(Atomics.load(words, ${poolWords.program}));
        const threads = Atomics.load(words, ${poolWords.threads});
        const shares = Atomics.load(words, ${poolWords.shares});
        const base = Atomics.load(words, ${poolWords.base});
        if (Atomics.load(words, ${poolWords.job}) !== job) continue;
        if (index >= threads) seen = job;
        else if (program !== undefined) {
          if (takePart(program, shares, base) === ${outcome.idle}) continue;
          seen = job;
        }
      }
      const looks = words[${poolWords.looks}];
      let turns = 0;
      while (Atomics.load(words, ${poolWords.event}) === event && ++turns < looks);
      if (turns < looks) continue;
      Atomics.add(words, ${poolWords.sleepers}, 1);
      Atomics.wait(words, ${poolWords.event}, event);
      Atomics.sub(words, ${poolWords.sleepers}, 1);
    }
  };

  const receive = (message) => {
    if (message.kind === 'start') {
      words = message.words;
      index = message.index;
      sentWord = message.sentWord;
      insideWord = message.insideWord;
      forgottenWord = message.forgottenWord;
      Atomics.store(words, message.readyWord, 1);
    } else {
      received++;
      try {
        if (message.kind === 'program') add(message);
        else forget(message.ids);
      } catch {
        // Without the program this thread takes no part in it; the others do its work.
      }
      if (message.kind === 'forget' && message.ids === undefined) {
        Atomics.add(words, forgottenWord, 1);
        Atomics.notify(words, forgottenWord);
      }
    }
    loop();
  };

  if (node === undefined) self.onmessage = (event) => receive(event.data);
  else node.parentPort.on('message', receive);
})();
`;

/** What a thread is told, see `workerSource`. */
export type WorkerMessage =
  | {
      readonly kind: 'start';
      readonly words: Int32Array;
      readonly index: number;
      readonly sentWord: number;
      readonly readyWord: number;
      readonly insideWord: number;
      readonly forgottenWord: number;
    }
  | {
      readonly kind: 'program';
      readonly id: number;
      readonly module: WebAssembly.Module;
      readonly memoryId: number;
      readonly memory: WebAssembly.Memory;
      readonly libraryId: number;
      readonly library: WebAssembly.Module | undefined;
    }
  | { readonly kind: 'forget'; readonly ids: readonly number[] | undefined };

/** The message that starts thread `index`. */
export function startMessage(words: Int32Array, index: number): WorkerMessage {
  return {
    kind: 'start',
    words,
    index,
    sentWord: threadWord(index, 'sent'),
    readyWord: threadWord(index, 'ready'),
    insideWord: threadWord(index, 'inside'),
    forgottenWord: threadWord(index, 'forgotten'),
  };
}
