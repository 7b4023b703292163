import { ValueError } from '@gradus/tensor';
import type { Backend } from '@gradus/tensor/backend';
import { CommonMemory } from './engine/common-memory.js';
import { debug } from './engine/debug.js';
import { FamilyMemory } from './engine/family-memory.js';
import { probeFeatures } from './engine/features.js';
import type { Features } from './features.js';
import { Engine } from './engine/engine.js';
import type { ThreadOptions } from './engine/engine.js';
import { environmentVariable } from './engine/host.js';
import { threadsOf } from './engine/settings.js';
import type { WasmOptions } from './engine/settings.js';
import { describeFeatures } from './program/explain.js';
import { WasmProgram } from './program/program.js';

/** A backend on an engine with these features. */
export function createBackend(features: Features, options?: ThreadOptions): Backend {
  const engine = new Engine(features, options);
  const common = new CommonMemory(features.shared);
  debug(1, () => `engine: ${describeFeatures(features)}, up to ${engine.threads} threads`);
  return {
    name: 'wasm',
    createMemory: (types) => new FamilyMemory(types, features.shared),
    compile(graph, memory = common.for(graph)) {
      if (!(memory instanceof FamilyMemory))
        throw new ValueError('backend/memory', 'This state belongs to another backend.', {
          expected: 'a state created with the wasm backend',
          fix: 'pass the same backend to createState and compile',
        });
      const start = performance.now();
      const program = new WasmProgram(graph, memory, engine);
      debug(1, () => {
        const [summary] = program.explain().split('\n');
        return `${summary}, compiled in ${(performance.now() - start).toFixed(1)} ms`;
      });
      debug(2, () => program.explain());
      return program;
    },
  };
}

/**
 * A backend of one's own, with another number of threads or without wide kernels than `wasmBackend`. Models and compiled
 * functions with different backends do not share state.
 *
 * @throws ValueError when `threads` is no number of threads.
 * @example
 * const calm = wasm({ threads: 1 });
 * compile((x: Tensor) => x.add(1), { backend: calm })(tensor([1, 2])).toArray(); // => [2, 3]
 */
export function wasm(options: WasmOptions = {}): Backend {
  const threads = threadsOf(options);
  const wide = options.wide ?? environmentVariable('GRADUS_WIDE') !== '0';
  return createBackend(probeFeatures({ threads: threads !== 1, wide }), { threads });
}

let engine: Backend | undefined;

/** The backend with all that this machine can do. It looks when it is first used, so that importing it costs nothing. */
export const wasmBackend: Backend = {
  name: 'wasm',
  createMemory: (types) => started().createMemory(types),
  compile: (graph, memory) => started().compile(graph, memory),
};

function started(): Backend {
  return (engine ??= wasm());
}

export { probeFeatures };
