import { ModuleBuilder } from '../assembler/index.js';
import type { FunctionBuilder, FunctionRef } from '../assembler/index.js';
import { control } from '../engine/control.js';
import { emitSharedRun } from '../engine/shared-run.js';
import type { Features } from '../features.js';
import { libraryKernels } from '../kernels/library.js';
import type { LibraryFunction } from '../kernels/library.js';
import type { KernelPlan } from './kernel-plan.js';
import type { MemoryLayout } from './layout.js';
import { phasesOf } from './phases.js';
import type { Scratch } from './phases.js';

/** Calls host kernel `index`; imported as `env.host`. */
export const hostSignature: { readonly params: readonly ['i32']; readonly results: readonly [] } = {
  params: ['i32'],
  results: [],
};

/** A program as a module. */
export interface Assembled {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How many phases `runShared` has; 0 when there is none. */
  readonly phases: number;
}

/**
 * The module of a program: one function per kernel, and `run`, which calls them in order. With `isShared`, which says
 * what kernels are shared out, also `runShared`, which several threads call together.
 */
export function assemble(
  kernels: readonly KernelPlan[],
  layout: MemoryLayout,
  features: Features,
  scratch: Scratch,
  isShared: ((kernel: KernelPlan) => boolean) | undefined,
): Assembled {
  const module = new ModuleBuilder({ shared: features.shared });
  const host = module.importFunction('host', hostSignature);
  const library = new Map<LibraryFunction, FunctionRef>();
  for (const { uses = [] } of kernels)
    for (const name of uses)
      if (!library.has(name))
        library.set(name, module.importFunction(name, libraryKernels[name].signature));
  const functions = kernels.map((kernel, index) =>
    kernel.host === undefined
      ? kernel.emit({
          module,
          features,
          address: layout.address,
          isCarried: layout.isCarried,
          library: (name) => library.get(name) as FunctionRef,
          shared: layout.shared[index] as number,
          status: control.status,
        })
      : undefined,
  );
  const writeHost = (f: FunctionBuilder, index: number): void => void f.i32(index).call(host);
  const writeCopies = (f: FunctionBuilder): void => {
    for (const { from, to, bytes } of layout.copies) f.i32(to).i32(from).i32(bytes).memoryCopy();
  };
  const run = module.function({ params: [], results: [] }, 'run');
  functions.forEach((ref, index) => {
    if (ref === undefined) writeHost(run, index);
    else
      run
        .i32(0)
        .i32((kernels[index] as KernelPlan).units)
        .i32(scratch.address)
        .call(ref);
  });
  writeCopies(run);
  if (isShared === undefined) return { bytes: module.finish(), phases: 0 };
  const placed = kernels.map((plan, index) => ({ plan, ref: functions[index] }));
  const phases = phasesOf(
    placed,
    isShared,
    scratch,
    writeHost,
    layout.copies.length > 0 ? writeCopies : undefined,
  );
  emitSharedRun(module, phases);
  return { bytes: module.finish(), phases: phases.length };
}
