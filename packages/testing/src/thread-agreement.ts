import { compile, foldIn, key, randomNormal, treeFlatten } from '@gradus/tensor';
import type { Tensor, Tree } from '@gradus/tensor';
import { createBackend, probeFeatures } from '@gradus/wasm';
import { programCases } from './backend-cases.js';
import { assertThat } from './check.js';
import { numberedProgram, randomInputs, runProgram } from './random-graph.js';

/** A program that gives the same bits on several threads, or throws. */
export interface ThreadCheck {
  readonly name: string;
  run(): Promise<void>;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Checks that programs give on some threads the bits that they give on one: the suite's programs and random ones. */
export function threadChecks(threads: number, randomPrograms = 60): ThreadCheck[] {
  const features = probeFeatures({ threads: true, wide: false });
  const alone = createBackend(features, { threads: 1 });
  // Everything is shared out, however little it is, from the first run on.
  const together = createBackend(features, { threads, worthSharingUs: 0, startAfterUs: 0 });

  async function compare(fn: (...list: readonly Tensor[]) => Tree, inputs: readonly Tensor[]) {
    const want = treeFlatten(compile(fn, { backend: alone })(...inputs)).leaves;
    const program = compile(fn, { backend: together });
    for (let round = 0; round < 4; round++) {
      for (let i = 0; i < 3; i++) {
        const got = treeFlatten(program(...inputs)).leaves;
        want.forEach(({ data }, k) => {
          const { data: found } = got[k] as Tensor;
          const first = data.findIndex((value, at) => !Object.is(value, found[at]));
          assertThat(
            first < 0,
            `result ${k} at ${first}: ${String(found[first])} instead of ${String(data[first])}`,
          );
        });
      }
      // Threads get the program meanwhile.
      await sleep(2);
    }
  }

  return [
    ...programCases.map(({ name, run, shapes }) => ({
      name,
      run: () =>
        compare(
          (...list) => run(...list),
          shapes(1025).map((shape, i) => randomNormal(foldIn(key(2), i), shape)),
        ),
    })),
    ...Array.from({ length: randomPrograms }, (_, number) => {
      const program = numberedProgram(number);
      return {
        name: `random program ${number}`,
        run: () => compare((...list) => runProgram(program, list), randomInputs(program)),
      };
    }),
  ];
}
