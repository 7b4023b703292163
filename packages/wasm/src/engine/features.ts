import { ModuleBuilder } from '../assembler/index.js';
import type { FunctionBuilder } from '../assembler/index.js';
import type { Features } from '../features.js';
import { mayBlock, mayStartThreads } from './host.js';
import { hasWide } from './wide.js';

/** Whether this engine takes a module whose only function has this body. */
function accepts(shared: boolean, write: (f: FunctionBuilder) => void): boolean {
  const module = new ModuleBuilder({ shared });
  write(module.function({ params: [], results: [] }, 'probe'));
  try {
    return WebAssembly.validate(module.finish());
  } catch {
    return false;
  }
}

/** Fused multiply-add: Node 22 and newer, current browsers. One such instruction makes an older engine refuse the module. */
export function hasRelaxedSimd(): boolean {
  return accepts(false, (f) => {
    const vector = f.local('v128');
    f.get(vector).get(vector).get(vector).simd('f32x4.relaxed_madd').set(vector);
  });
}

/**
 * Whether threads can share memory here and wait for each other. In a browser that takes a page that is isolated from other
 * origins, and a thread that may block: not the one that draws the page.
 */
export function hasThreads(): boolean {
  if (typeof SharedArrayBuffer !== 'function') return false;
  if ((globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === false) return false;
  const atomics = accepts(true, (f) => {
    f.i32(0).i32(0).i64(0n).memory('memory.atomic.wait32').op('drop');
  });
  return atomics && mayBlock() && mayStartThreads();
}

/** What this engine can do, found out by compiling tiny modules. */
export function probeFeatures({ threads, wide }: { threads: boolean; wide: boolean }): Features {
  const relaxed = hasRelaxedSimd();
  return {
    relaxed,
    shared: threads && hasThreads(),
    // The trial takes milliseconds, and a program of small kernels never asks.
    get wide() {
      return wide && relaxed && hasWide();
    },
  };
}
