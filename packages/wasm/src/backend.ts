import { ValueError } from '@gradus/tensor';
import type { Backend } from '@gradus/tensor/backend';
import { FamilyMemory } from './engine/family-memory.js';
import { probeFeatures } from './engine/features.js';
import type { Features } from './features.js';
import { libraryModule } from './kernels/library.js';
import { WasmProgram } from './program/program.js';
import type { LibraryInstance } from './program/program.js';

/** A backend on an engine with these features. */
export function createBackend(features: Features): Backend {
  let module: WebAssembly.Module | undefined;
  const instances = new WeakMap<WebAssembly.Memory, WebAssembly.ModuleImports>();
  const library: LibraryInstance = (memory, names) => {
    if (names.length === 0) return {};
    module ??= new WebAssembly.Module(libraryModule(features));
    let instance = instances.get(memory);
    if (instance === undefined) {
      instance = new WebAssembly.Instance(module, { env: { memory } })
        .exports as WebAssembly.ModuleImports;
      instances.set(memory, instance);
    }
    return instance;
  };
  return {
    name: 'wasm',
    createMemory: (types) => new FamilyMemory(types, features.shared),
    compile(graph, memory = new FamilyMemory([], features.shared)) {
      if (!(memory instanceof FamilyMemory))
        throw new ValueError('backend/memory', 'This state belongs to another backend.', {
          expected: 'a state created with the wasm backend',
          fix: 'pass the same backend to createState and compile',
        });
      return new WasmProgram(graph, memory, features, library);
    },
  };
}

let engine: Backend | undefined;

/** The backend with all that this machine can do. It looks when it is first used, so that importing it costs nothing. */
export const wasmBackend: Backend = {
  name: 'wasm',
  createMemory: (types) => started().createMemory(types),
  compile: (graph, memory) => started().compile(graph, memory),
};

function started(): Backend {
  return (engine ??= createBackend(probeFeatures({ threads: false, wide: false })));
}

export { probeFeatures };
