import { ModuleBuilder } from '../assembler/index.js';
import type { Features } from '../features.js';
import { libraryKernels } from '../kernels/library.js';
import type { LibraryFunction } from '../kernels/library.js';
import type { KernelPlan } from '../program/kernel-plan.js';

/** The library functions that a kernel calls, found by letting it write into a module that is thrown away. */
export function withUses(features: Features, plan: Omit<KernelPlan, 'uses'>): KernelPlan {
  const uses = new Map<LibraryFunction, number>();
  plan.emit({
    module: new ModuleBuilder({ shared: features.shared }),
    features,
    address: () => 0,
    isCarried: () => false,
    library: (name) => {
      const index = uses.get(name) ?? uses.size;
      uses.set(name, index);
      return { index, signature: libraryKernels[name].signature };
    },
    shared: 0,
    status: 0,
  });
  return { ...plan, uses: [...uses.keys()] };
}
