import { compile, grad } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import type { Backend } from '@gradus/tensor/backend';
import { referenceBackend } from '@gradus/tensor/backend';
import { createBackend, probeFeatures } from '@gradus/wasm';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { assertNear } from './check.js';
import {
  programColumns,
  programRows,
  randomInputs,
  runProgram,
  stepKinds,
} from './random-graph.js';
import type { RandomProgram } from './random-graph.js';
import { randomGraphSuite } from './random-graph-suite.js';

const everything = { worthSharingUs: 0, startAfterUs: 0 };
const backends: Readonly<Record<string, Backend>> = {
  'the reference backend': referenceBackend,
  'the WASM backend': createBackend(probeFeatures({ threads: false, wide: false })),
  'the WASM backend with plain SIMD': createBackend({ relaxed: false, shared: false, wide: false }),
  // Wide where the machine has it: the probe decides.
  'the WASM backend with wide kernels': createBackend(
    probeFeatures({ threads: false, wide: true }),
  ),
  'the WASM backend on two threads': createBackend(probeFeatures({ threads: true, wide: true }), {
    threads: 2,
    ...everything,
  }),
};

function randomProgram(): fc.Arbitrary<RandomProgram> {
  const step = fc.record({
    kind: fc.nat(stepKinds - 1),
    a: fc.nat(1000),
    b: fc.nat(1000),
    choice: fc.nat(1000),
  });
  return fc.record({
    rows: fc.constantFrom(...programRows),
    columns: fc.constantFrom(...programColumns),
    steps: fc.array(step, { minLength: 1, maxLength: 24 }),
    seed: fc.nat(1_000_000),
  });
}

/** More, and other ones each time, for a longer search: GRADUS_RUNS=5000. */
const asked = process.env['GRADUS_RUNS'];
const runs = Number(asked ?? 100);
// The same programs every time, so that what a change breaks is what the change broke.
const seed = asked === undefined ? { seed: 1 } : {};

describe.each(Object.entries(backends))('random programs on %s', (_name, backend) => {
  it('compute what they compute eagerly', () => {
    fc.assert(
      fc.property(randomProgram(), (program) => {
        const inputs = randomInputs(program);
        const run = (...args: readonly Tensor[]): Tensor[] => runProgram(program, args);
        const compiled = compile(run, { backend });
        const want = run(...inputs);
        compiled(...inputs);
        // A second time, on memory that is not fresh.
        const got = compiled(...inputs);
        want.forEach((value, i) =>
          assertNear(`value ${i}`, (got[i] as Tensor).data, value.data, 2e-4),
        );
      }),
      { numRuns: runs * 2, ...seed },
    );
  });

  it('have the gradients they have eagerly', () => {
    fc.assert(
      fc.property(randomProgram(), (program) => {
        const inputs = randomInputs(program);
        const loss = (matrix: Tensor, ...rest: readonly Tensor[]): Tensor =>
          runProgram(program, [matrix, ...rest]).reduce(
            (total, value) => total.add(value.tanh().mean()),
            matrix.sum().mul(0),
          );
        const slope = grad(loss as (first: Tensor) => Tensor) as (
          ...args: readonly Tensor[]
        ) => Tensor;
        const got = compile(slope, { backend })(...inputs);
        assertNear('gradient', got.data, slope(...inputs).data, 5e-4);
      }),
      { numRuns: runs, ...seed },
    );
  });
});

describe('the suite of random programs', () => {
  for (const { name, run } of randomGraphSuite(referenceBackend, { programs: 5 })) it(name, run);
});
