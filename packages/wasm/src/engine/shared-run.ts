import type { FunctionBuilder, FunctionRef, Local, ModuleBuilder } from '../assembler/index.js';
import { control } from './control.js';

/**
 * One step of a program between two meetings of its threads. Its work is cut into shares, which threads take as they come:
 * none waits for a thread that sleeps, starts or is held up elsewhere, and what a share computes does not depend on who does.
 */
export interface Phase {
  /** Cut into shares; otherwise it is one. */
  readonly parallel: boolean;
  /**
   * How many shares there are for each thread of the run. More than one evens out what threads of different speed do, and
   * what is left when one is put aside. Default 1: each share may cost something to begin.
   */
  readonly sharesEach?: number;
  /** Only the thread that began the run can do it: it calls JavaScript. */
  readonly firstThreadOnly?: boolean;
  /** Seconds without an end after which a thread must have died in it. */
  readonly patience: number;
  /** Writes the code that does share number `share` of `shares`. */
  emit(f: FunctionBuilder, share: Local, shares: Local): void;
}

/** How a thread left a run; the value of the exported function. */
export const outcome = {
  /** All phases are over. */
  done: 0,
  /** Some thread failed. */
  aborted: 1,
  /** Nothing moved for a second: this thread looks for messages and comes back. Not given to the first thread. */
  idle: 2,
} as const;

const SECOND_NS = 1_000_000_000n;

const OVER = -1;
const ABORTED = -2;
const IDLE = -3;

/**
 * Exports `runShared(thread, shares, base)`, which all threads of a run call with the same `shares` and `base`.
 *
 * They agree through one word of 64 bits, the ticket: number of the phase (32 bits, counted on over all runs in this
 * memory, `base` is that of the first phase), shares done (16), shares taken (16). A thread that comes late finds the number
 * beyond its phases and leaves, so nobody has to wait for it.
 */
export function emitSharedRun(module: ModuleBuilder, phases: readonly Phase[]): FunctionRef {
  const take = emitTake(module);
  const finish = emitFinish(module);
  const f = module.function({ params: ['i32', 'i32', 'i32'], results: ['i32'] }, 'runShared');
  const [thread, shares, base] = f.params as readonly [Local, Local, Local];
  const share = f.local('i32');
  const count = f.local('i32');
  phases.forEach((phase, i) => {
    if (phase.parallel)
      f.get(shares)
        .i32(phase.sharesEach ?? 1)
        .op('i32.mul')
        .set(count);
    else f.i32(1).set(count);
    f.loop((again) => {
      f.get(base).i32(i).op('i32.add');
      // With no shares there is nothing to take: such a thread only waits.
      if (phase.firstThreadOnly === true) f.get(thread).op('i32.eqz');
      else f.get(count);
      f.get(thread).i32(Math.ceil(phase.patience)).call(take).tee(share);
      f.i32(ABORTED)
        .op('i32.eq')
        .if(() => f.i32(outcome.aborted).op('return'));
      f.get(share)
        .i32(IDLE)
        .op('i32.eq')
        .if(() => f.i32(outcome.idle).op('return'));
      f.get(share)
        .i32(0)
        .op('i32.ge_s')
        .if(() => {
          phase.emit(f, share, count);
          f.get(base).i32(i).op('i32.add').get(count).call(finish);
        });
      // Until the phase is over: there may be another share to do.
      f.get(share).i32(OVER).op('i32.ne');
      again();
    });
  });
  f.i32(outcome.done);
  return f.ref;
}

/** (phase, shares, thread, patience) => a share to do, or OVER, ABORTED, IDLE. */
function emitTake(module: ModuleBuilder): FunctionRef {
  const f = module.function({ params: ['i32', 'i32', 'i32', 'i32'], results: ['i32'] });
  const [phase, shares, thread, patience] = f.params as readonly [Local, Local, Local, Local];
  const ticket = f.local('i64');
  const ahead = f.local('i32');
  const spins = f.local('i32');
  const seconds = f.local('i32');
  f.loop((again) => {
    f.i32(0).memory('i32.atomic.load', control.abort);
    f.if(() => f.i32(ABORTED).op('return'));
    f.i32(0).memory('i64.atomic.load', control.ticket).tee(ticket);
    f.i64(32n).op('i64.shr_u').op('i32.wrap_i64').get(phase).op('i32.sub').tee(ahead);
    f.i32(0)
      .op('i32.gt_s')
      .if(() => f.i32(OVER).op('return'));
    f.get(ahead)
      .op('i32.eqz')
      .if(() => {
        const taken = (): FunctionBuilder =>
          f.get(ticket).op('i32.wrap_i64').i32(0xffff).op('i32.and');
        taken()
          .get(shares)
          .op('i32.lt_s')
          .if(() => {
            f.i32(0).get(ticket).get(ticket).i64(1n).op('i64.add');
            f.memory('i64.atomic.rmw.cmpxchg', control.ticket).get(ticket).op('i64.eq');
            f.if(() => taken().op('return'));
            f.i32(1);
            again();
          });
      });
    f.get(spins).i32(1).op('i32.add').tee(spins);
    f.i32(0).memory('i32.load', control.looks).op('i32.lt_s');
    again();
    const addSleeper = (by: number): void => {
      f.i32(0).i32(by).memory('i32.atomic.rmw.add', control.sleepers).op('drop');
    };
    addSleeper(1);
    f.i32(0).get(ticket).i64(SECOND_NS).memory('memory.atomic.wait64', control.ticket).set(spins);
    addSleeper(-1);
    f.get(spins)
      .i32(TIMED_OUT)
      .op('i32.eq')
      .if(
        () => {
          f.get(thread).if(() => f.i32(IDLE).op('return'));
          f.get(seconds)
            .i32(1)
            .op('i32.add')
            .tee(seconds)
            .get(patience)
            .op('i32.ge_s')
            .if(() => {
              f.i32(0).i32(1).memory('i32.atomic.store', control.abort);
              notifyAll(f);
              f.i32(ABORTED).op('return');
            });
        },
        () => f.i32(0).set(seconds),
      );
    f.i32(0).set(spins).i32(1);
    again();
  });
  // The loop has no other way out than the returns.
  f.op('unreachable');
  return f.ref;
}

/** What memory.atomic.wait gives when nothing happened. */
const TIMED_OUT = 2;

function notifyAll(f: FunctionBuilder): void {
  f.i32(0).i32(-1).memory('memory.atomic.notify', control.ticket).op('drop');
}

/** (phase, shares): one more share is done; after the last one the next phase begins. */
function emitFinish(module: ModuleBuilder): FunctionRef {
  const f = module.function({ params: ['i32', 'i32'], results: [] });
  const [phase, shares] = f.params as readonly [Local, Local];
  const ticket = f.local('i64');
  const next = f.local('i64');
  const isLast = f.local('i32');
  f.loop((again) => {
    f.i32(0).memory('i64.atomic.load', control.ticket).tee(ticket);
    // A run that was given up goes on without this thread.
    f.i64(32n).op('i64.shr_u').op('i32.wrap_i64').get(phase).op('i32.ne');
    f.if(() => f.op('return'));
    f.get(ticket).i64(16n).op('i64.shr_u').op('i32.wrap_i64').i32(0xffff).op('i32.and');
    f.i32(1).op('i32.add').get(shares).op('i32.eq').tee(isLast);
    f.if(
      () => {
        f.get(phase).i32(1).op('i32.add').op('i64.extend_i32_u').i64(32n).op('i64.shl').set(next);
      },
      () => f.get(ticket).i64(0x10000n).op('i64.add').set(next),
    );
    f.i32(0).get(ticket).get(next).memory('i64.atomic.rmw.cmpxchg', control.ticket);
    f.get(ticket).op('i64.eq').op('i32.eqz');
    again();
  });
  f.get(isLast).if(() => {
    f.i32(0)
      .memory('i32.atomic.load', control.sleepers)
      .if(() => notifyAll(f));
  });
  return f.ref;
}
