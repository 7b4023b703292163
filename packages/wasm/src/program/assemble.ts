import { ModuleBuilder } from '../assembler/index.js';
import type { FunctionRef } from '../assembler/index.js';
import { control } from '../engine/control.js';
import type { Features } from '../features.js';
import { libraryKernels } from '../kernels/library.js';
import type { LibraryFunction } from '../kernels/library.js';
import type { KernelPlan } from './kernel-plan.js';
import type { MemoryLayout } from './layout.js';

/** Calls host kernel `index`; imported as `env.host`. */
export const hostSignature: { readonly params: readonly ['i32']; readonly results: readonly [] } = {
  params: ['i32'],
  results: [],
};

/** The module of a program: one function per kernel, and `run`, which calls them in order. */
export function assemble(
  kernels: readonly KernelPlan[],
  layout: MemoryLayout,
  features: Features,
  scratch: number,
): Uint8Array<ArrayBuffer> {
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
  const run = module.function({ params: [], results: [] }, 'run');
  functions.forEach((ref, index) => {
    if (ref === undefined) run.i32(index).call(host);
    else
      run
        .i32(0)
        .i32((kernels[index] as KernelPlan).units)
        .i32(scratch)
        .call(ref);
  });
  for (const { from, to, bytes } of layout.copies) run.i32(to).i32(from).i32(bytes).memoryCopy();
  return module.finish();
}
