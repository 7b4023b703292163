import { compile, grad } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import type { Backend } from '@gradus/tensor/backend';
import { assertNear } from './check.js';
import type { Check } from './check.js';
import { numberedProgram, randomInputs, runProgram } from './random-graph.js';

/** Options of {@link randomGraphSuite}. */
export interface RandomGraphSuiteOptions {
  /** How many programs. Default 100. */
  readonly programs?: number;
  /** The number of the first. Default 0. */
  readonly first?: number;
  /** Largest difference from eager computation, relative to the larger of 1 and the number. Default 5e-4. */
  readonly tolerance?: number;
}

/**
 * Random programs on a backend against the same programs run eagerly: what they compute, and their gradients. A failure
 * names the number of its program, which is the same everywhere.
 */
export function randomGraphSuite(
  backend: Backend,
  { programs = 100, first = 0, tolerance = 5e-4 }: RandomGraphSuiteOptions = {},
): readonly Check[] {
  return Array.from({ length: programs }, (_, i): Check => {
    const number = first + i;
    return {
      name: `random program ${number}`,
      run() {
        const program = numberedProgram(number);
        const inputs = randomInputs(program);
        const values = (...args: readonly Tensor[]): Tensor[] => runProgram(program, args);
        const loss = (...args: readonly Tensor[]): Tensor =>
          values(...args).reduce(
            (total, value) => total.add(value.tanh().mean()),
            (args[0] as Tensor).sum().mul(0),
          );
        const slope = grad(loss as (first: Tensor) => Tensor) as (...args: Tensor[]) => Tensor;
        const got = compile(values, { backend })(...inputs);
        values(...inputs).forEach((value, k) =>
          assertNear(`value ${k}`, (got[k] as Tensor).data, value.data, tolerance),
        );
        const steep = compile(slope, { backend })(...inputs);
        assertNear('gradient', steep.data, slope(...inputs).data, tolerance);
      },
    };
  });
}
