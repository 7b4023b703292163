import { fileURLToPath } from 'node:url';
import { setDefaultBackend } from '@gradus/tensor';
import type { Backend, Memory, Program } from '@gradus/tensor/backend';
import { createBackend, probeFeatures } from '@gradus/wasm';
import { afterAll, describe, expect, it } from 'vitest';
import { backendSuite } from './backend-suite.js';
import { goldenTotals } from './golden/report.js';
import { runGoldenFolder } from './golden/run-folder.js';
import { randomGraphSuite } from './random-graph-suite.js';

/** What of a family's memory this test uses. */
interface Guardable extends Memory {
  readonly linear: {
    readonly buffer: ArrayBuffer;
    allocate(bytes: number, what: string): number;
  };
}

const GUARD_BYTES = 4096;
const PATTERN = 0xa5;

/** A backend whose programs have guarded memory before and behind them: a kernel that leaves its own is found out. */
function guarded(backend: Backend): Backend & { readonly broken: string[] } {
  const broken: string[] = [];
  const guard = (memory: Guardable): number => {
    const at = memory.linear.allocate(GUARD_BYTES, 'a guard');
    new Uint8Array(memory.linear.buffer, at, GUARD_BYTES).fill(PATTERN);
    return at;
  };
  return {
    name: 'guarded',
    broken,
    createMemory: (types) => backend.createMemory(types),
    compile(graph, given = backend.createMemory([])): Program {
      const memory = given as Guardable;
      const before = guard(memory);
      const program = backend.compile(graph, memory);
      const behind = guard(memory);
      return {
        run(inputs) {
          program.run(inputs);
          for (const at of [before, behind])
            if (
              new Uint8Array(memory.linear.buffer, at, GUARD_BYTES).some((byte) => byte !== PATTERN)
            )
              broken.push(program.explain().split('\n\n')[0] as string);
        },
        output: (index) => program.output(index),
        explain: () => program.explain(),
      };
    },
  };
}

/** Another folder of golden cases for a longer search: GRADUS_GOLDEN=folder. */
const golden = process.env['GRADUS_GOLDEN'] ?? fileURLToPath(new URL('../golden', import.meta.url));

describe.each([
  ['plain SIMD', createBackend({ relaxed: false, shared: false, wide: false })],
  ['what this machine has', createBackend(probeFeatures({ threads: false, wide: true }))],
])('kernels write nothing beside their memory: %s', (_name, backend) => {
  const guards = guarded(backend);
  afterAll(() => setDefaultBackend(backend));

  it('in the backend suite', () => {
    for (const check of backendSuite(guards)) check.run();
    expect(guards.broken).toEqual([]);
  });

  it('in random programs', () => {
    for (const check of randomGraphSuite(guards, { programs: 150, first: 1000 })) check.run();
    expect(guards.broken).toEqual([]);
  });

  it('in all kinds of layers', async () => {
    setDefaultBackend(guards);
    const files = await runGoldenFolder(golden, { isCompiled: true });
    expect(goldenTotals(files)).toMatch(/^[1-9]\d* passed, 0 failed/);
    expect(guards.broken).toEqual([]);
  });
});
