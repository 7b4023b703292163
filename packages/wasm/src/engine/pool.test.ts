import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { ThreadError, ThreadPool } from './pool.js';
import type { SharedProgram } from './pool.js';
import { add, meet, onThread, programOf } from './shared-program.fixture.js';

const pool = new ThreadPool(50_000_000);
afterEach(() => pool.stop());

async function start(threads: number): Promise<void> {
  pool.start(threads);
  while (pool.size < threads) await sleep(2);
}

/** Runs until the threads have got the program: before that a run goes on without them. */
async function runTogether(program: SharedProgram, threads: number): Promise<void> {
  pool.run(program, threads);
  await sleep(100);
}

describe('a pool of threads', () => {
  it('has every thread take a share, and phases follow each other', async () => {
    await start(3);
    const program = programOf((at) => [
      { parallel: false, patience: 30, emit: (f) => add(f, at + 12) },
      {
        parallel: true,
        patience: 30,
        emit(f, share, shares) {
          add(f, at);
          // The word at + 4 says whether threads have to meet.
          f.i32(0)
            .memory('i32.atomic.load', at + 4)
            .if(() => meet(f, at, 3));
          f.get(share)
            .get(shares)
            .op('i32.ge_s')
            .if(() => f.op('unreachable'));
        },
      },
      // All shares are done before: the count is whole again.
      {
        parallel: false,
        patience: 30,
        emit(f) {
          f.i32(0).i32(0).memory('i32.atomic.store', at);
          add(f, at + 8);
        },
      },
    ]);
    await runTogether(program, 3);
    program.linear.view('int32', program.linear.bytes - 64, 16)[1] = 1;
    for (let i = 0; i < 30; i++) expect(pool.run(program, 3)).toBe(true);
    expect(program.words().slice(0, 4)).toEqual([0, 1, 31, 31]);
  });

  it('does not wait for threads that have not started or do not have the program', () => {
    const program = programOf((at) => [
      { parallel: true, patience: 30, emit: (f) => add(f, at) },
      { parallel: true, patience: 30, emit: (f) => add(f, at + 4) },
    ]);
    expect(pool.run(program, 2)).toBe(false);
    expect(program.words()[0]).toBe(0);
    pool.start(2);
    let runs = 0;
    for (; !pool.run(program, 2) && runs < 1e7; runs++);
    expect(program.words().slice(0, 2)).toEqual([2, 2]);
  });

  it('lets only the first thread do what calls JavaScript', async () => {
    await start(3);
    const program = programOf((at) => [
      { parallel: true, patience: 30, emit: (f) => add(f, at) },
      {
        parallel: false,
        firstThreadOnly: true,
        patience: 30,
        emit: (f) => f.get(f.param(0)).if(() => f.op('unreachable')),
      },
      { parallel: true, patience: 30, emit: (f) => add(f, at + 4) },
    ]);
    await runTogether(program, 3);
    for (let i = 0; i < 2000; i++) pool.run(program, 3);
    expect(program.words().slice(0, 2)).toEqual([6003, 6003]);
  });

  it('fails with an error when a thread traps, and goes on', async () => {
    await start(2);
    const program = programOf((at) => [
      {
        parallel: true,
        patience: 30,
        emit(f) {
          f.i32(0)
            .memory('i32.atomic.load', at)
            .if(() => {
              // The first thread stays in its share until the other has begun one.
              onThread(f, 1, () => {
                add(f, at + 4);
                f.op('unreachable');
              });
              meet(f, at + 4, 1);
            });
        },
      },
      { parallel: false, patience: 30, emit: (f) => add(f, at + 8) },
    ]);
    await runTogether(program, 2);
    const words = program.linear.view('int32', program.linear.bytes - 64, 16);
    words[0] = 1;
    expect(() => pool.run(program, 2)).toThrow(ThreadError);
    words[0] = 0;
    for (let i = 0; i < 10; i++) expect(pool.run(program, 2)).toBe(true);
    expect(words[2]).toBe(11);
  });

  it('passes on what the first thread throws, and goes on', async () => {
    await start(2);
    const program = programOf((at) => [
      {
        parallel: true,
        patience: 30,
        emit(f) {
          f.i32(0)
            .memory('i32.atomic.load', at)
            .if(() => {
              onThread(f, 0, () => {
                add(f, at + 4);
                f.op('unreachable');
              });
              meet(f, at + 4, 1);
            });
        },
      },
      { parallel: false, patience: 30, emit: (f) => add(f, at + 8) },
    ]);
    await runTogether(program, 2);
    const words = program.linear.view('int32', program.linear.bytes - 64, 16);
    words[0] = 1;
    expect(() => pool.run(program, 2)).toThrow(WebAssembly.RuntimeError);
    words[0] = 0;
    for (let i = 0; i < 10; i++) expect(pool.run(program, 2)).toBe(true);
    expect(words[2]).toBe(11);
  });

  it('gives up on a thread that never finishes, ends it, and goes on without it', async () => {
    await start(3);
    const program = programOf((at) => [
      {
        parallel: true,
        patience: 1,
        emit(f) {
          f.i32(0)
            .memory('i32.atomic.load', at)
            .if(() => {
              add(f, at + 4);
              meet(f, at + 4, 3);
              onThread(f, 1, () => meet(f, at + 4, 1000));
            });
        },
      },
      { parallel: false, patience: 30, emit: (f) => add(f, at + 8) },
    ]);
    await runTogether(program, 3);
    const words = program.linear.view('int32', program.linear.bytes - 64, 16);
    words[0] = 1;
    expect(() => pool.run(program, 3)).toThrow('no sign of life');
    words[0] = 0;
    expect(pool.size).toBe(2);
    for (let i = 0; i < 10; i++) expect(pool.run(program, 3)).toBe(true);
    expect(words[2]).toBe(11);
  });

  it('forgets programs that were dropped', async () => {
    await start(2);
    const rss = process.memoryUsage.rss();
    // Without a turn of the event loop; 480 MB are touched in sum.
    for (let i = 0; i < 60; i++) {
      const program = programOf((at) => [
        { parallel: true, patience: 30, emit: (f) => add(f, at) },
      ]);
      const address = program.linear.allocate(8_000_000, 'a test');
      program.linear.view('bool', address, 8_000_000).fill(1);
      pool.run(program, 2);
    }
    expect(process.memoryUsage.rss() - rss).toBeLessThan(0.3e9);
  });
});
