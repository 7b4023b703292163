import {
  compile,
  createState,
  foldIn,
  grad,
  key,
  randomNormal,
  tensor,
  treeFlatten,
} from '@gradus/tensor';
import type { Tensor, Tree } from '@gradus/tensor';
import type { Backend } from '@gradus/tensor/backend';
import { programCases } from './backend-cases.js';
import type { ProgramCase } from './backend-cases.js';
import { assertNear, assertThat } from './check.js';
import type { Check } from './check.js';

/** Options of {@link backendSuite}. */
export interface BackendSuiteOptions {
  /** Default: {@link programCases}. */
  readonly cases?: readonly ProgramCase[];
  /** Largest difference from the reference, relative to the larger of 1 and the number. Default 1e-4. */
  readonly tolerance?: number;
}

// Nothing, one, odd, and more than any block or work group that a backend is likely to use.
const sizes = [0, 1, 7, 1025];

function sameTrees(what: string, got: Tree, want: Tree, tolerance: number): void {
  const a = treeFlatten(got).leaves;
  const b = treeFlatten(want).leaves;
  assertThat(a.length === b.length, `${what}: ${a.length} tensors instead of ${b.length}`);
  b.forEach((wanted, i) => {
    const found = a[i] as Tensor;
    assertThat(
      found.shape.join() === wanted.shape.join(),
      `${what}: shape [${found.shape.join(', ')}] instead of [${wanted.shape.join(', ')}]`,
    );
    assertThat(found.dtype === wanted.dtype, `${what}: ${found.dtype} instead of ${wanted.dtype}`);
    assertNear(what, found.data, wanted.data, tolerance);
  });
}

function memoryChecks(backend: Backend): readonly Check[] {
  return [
    {
      name: 'carries state from run to run',
      run() {
        const state = createState({ n: tensor(0), last: tensor([0, 0]) }, { backend });
        const next = compile(
          (s: { n: Tensor; last: Tensor }, x: Tensor) => [
            { n: s.n.add(1), last: x },
            s.last.add(s.n),
          ],
          { carry: state },
        );
        const first = next(tensor([5, 6]));
        const second = next(tensor([7, 8]));
        assertNear('first output', first.data, [0, 0], 0);
        assertNear('second output', second.data, [6, 7], 0);
        assertNear('n', state.read().n.data, [2], 0);
        assertNear('last', state.read().last.data, [7, 8], 0);
      },
    },
    {
      name: 'swaps two carried tensors without mixing them',
      run() {
        const state = createState([tensor([1, 2]), tensor([3, 4])], { backend });
        const swap = compile(
          (s: readonly Tensor[]) => [[s[1] as Tensor, s[0] as Tensor], s[0] as Tensor],
          { carry: state as never },
        ) as () => Tensor;
        assertNear('output', swap().data, [1, 2], 0);
        assertNear('first', (state.read()[0] as Tensor).data, [3, 4], 0);
        assertNear('second', (state.read()[1] as Tensor).data, [1, 2], 0);
      },
    },
    {
      name: 'writes and reads carried memory',
      run() {
        const memory = backend.createMemory([
          { shape: [2], dtype: 'float32' },
          { shape: [], dtype: 'int32' },
        ]);
        memory.write(0, [1.5, -2]);
        memory.write(1, [7]);
        assertNear('floats', memory.read(0), [1.5, -2], 0);
        assertNear('integer', memory.read(1), [7], 0);
      },
    },
  ];
}

/**
 * What a backend must do, as checks: every program gives what the operations give one by one, at sizes 0, 1, odd and large,
 * its gradient too; and carried memory keeps its values.
 *
 * @example
 * for (const { name, run } of backendSuite(referenceBackend)) it(name, run);
 */
export function backendSuite(
  backend: Backend,
  { cases = programCases, tolerance = 1e-4 }: BackendSuiteOptions = {},
): Check[] {
  const programs = cases.flatMap((c) =>
    (c.sizes ?? sizes).map((n): Check => ({
      name: `${backend.name}: ${c.name}, size ${n}`,
      run() {
        const inputs = c.shapes(n).map((shape, i) => randomNormal(foldIn(key(n), i), shape));
        const program = compile((...list: readonly Tensor[]) => c.run(...list), { backend });
        const wanted = c.run(...inputs);
        sameTrees('first run', program(...inputs), wanted, tolerance);
        sameTrees('second run', program(...inputs), wanted, tolerance);
        if (c.differentiable === false) return;
        const slopes = grad((list: readonly Tensor[]) =>
          treeFlatten(c.run(...list)).leaves.reduce((sum, y) => sum.add(y.mul(y).sum()), tensor(0)),
        );
        sameTrees(
          'gradient',
          compile((list: readonly Tensor[]) => slopes(list), { backend })(inputs),
          slopes(inputs),
          10 * tolerance,
        );
      },
    })),
  );
  return [
    ...programs,
    ...memoryChecks(backend).map(({ name, run }) => ({ name: `${backend.name}: ${name}`, run })),
  ];
}
