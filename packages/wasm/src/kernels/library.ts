import type { Signature } from '../assembler/index.js';
import { ModuleBuilder } from '../assembler/index.js';
import type { FunctionRef } from '../assembler/index.js';
import type { Features } from '../features.js';
import { matmulKernels } from './matmul-library.js';
import type { MatmulFunction } from './matmul-library.js';

/** A fixed kernel: written once into the library module, called by programs with addresses and sizes. */
export interface LibraryKernel {
  readonly signature: Signature;
  /** Whether an engine with these features uses it. Absent: always. */
  isNeeded?(features: Features): boolean;
  /** Writes the function into the library, and exports it under its name; `library` finds the ones it calls. */
  emit(
    module: ModuleBuilder,
    features: Features,
    name: string,
    library: (name: LibraryFunction) => FunctionRef,
  ): FunctionRef;
}

/** The fixed kernels by name. */
export const libraryKernels: Readonly<Record<LibraryFunction, LibraryKernel>> = {
  ...matmulKernels,
};

/** Names of the fixed kernels. */
export type LibraryFunction = MatmulFunction;

/** The functions that the library of an engine with these features has. */
export function libraryFunctions(features: Features): LibraryFunction[] {
  return (Object.keys(libraryKernels) as LibraryFunction[]).filter(
    (name) => libraryKernels[name].isNeeded?.(features) ?? true,
  );
}

/** The bytes of a library module for an engine with these features, with some of its functions or all. */
export function libraryModule(
  features: Features,
  names: Iterable<LibraryFunction> = libraryFunctions(features),
): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder({ shared: features.shared });
  const done = new Map<string, FunctionRef>();
  const find = (name: LibraryFunction): FunctionRef => {
    const known = done.get(name);
    if (known !== undefined) return known;
    const kernel: LibraryKernel = libraryKernels[name];
    const ref = kernel.emit(module, features, name, find);
    done.set(name, ref);
    return ref;
  };
  for (const name of names) find(name);
  return module.finish();
}
