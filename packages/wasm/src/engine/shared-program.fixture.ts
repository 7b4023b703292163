import { ModuleBuilder } from '../assembler/index.js';
import type { FunctionBuilder } from '../assembler/index.js';
import { LinearMemory } from './linear-memory.js';
import type { SharedProgram } from './pool.js';
import { emitSharedRun } from './shared-run.js';
import type { Phase } from './shared-run.js';

/** A program of hand-written phases, with a few words of memory for them at `at`. */
export function programOf(
  phases: (at: number) => readonly Phase[],
): SharedProgram & { words(): number[] } {
  const linear = new LinearMemory(true);
  const at = linear.allocate(64, 'a test');
  const builder = new ModuleBuilder({ shared: true });
  const list = phases(at);
  emitSharedRun(builder, list);
  const module = new WebAssembly.Module(builder.finish());
  const { exports } = new WebAssembly.Instance(module, { env: { memory: linear.memory } });
  return {
    module,
    library: undefined,
    linear,
    phases: list.length,
    largestShares: 8,
    run: exports['runShared'] as SharedProgram['run'],
    words: () => [...linear.view('int32', at, 16)],
  };
}

export const add = (f: FunctionBuilder, address: number, by = 1): void => {
  f.i32(0).i32(by).memory('i32.atomic.rmw.add', address).op('drop');
};
/** Waits until a word has a value: with one share for each thread this needs all of them at once. */
export const meet = (f: FunctionBuilder, address: number, value: number): void => {
  f.loop((again) => {
    f.i32(0).memory('i32.atomic.load', address).i32(value).op('i32.lt_s');
    again();
  });
};
export const onThread = (f: FunctionBuilder, thread: number, then: () => void): void => {
  f.get(f.param(0)).i32(thread).op('i32.eq').if(then);
};
