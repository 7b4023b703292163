import { emitAll } from '../emit.js';
import { ShapeError } from '../errors.js';
import { graphOf } from '../graph/graph.js';
import { scanPrimitive } from '../primitives/scan.js';
import { formatShape, sameShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { withTrace } from '../trace.js';
import { treeFlatten, treeUnflatten } from '../tree.js';
import type { Tree } from '../tree.js';

/** Options of `scan`. `length` is needed only when there is nothing to step through. */
export interface ScanOptions {
  readonly length?: number;
  /** Steps from the last to the first; results keep their places. */
  readonly reverse?: boolean;
}

/**
 * A loop over the first axis, recorded once however many steps it has: recurrent layers, schedules, simulations.
 * `body(carry, x)` gets the carried tree and the slice of `xs` at this step, and returns `[next carry, result]`; scan
 * returns the final carry and the results stacked along a new first axis. Differentiable, also with respect to tensors
 * that the body uses from outside.
 *
 * @throws ShapeError when lengths differ or the carry changes its type.
 * @example
 * const [total, sums] = scan((sum, x) => [sum.add(x), sum.add(x)], tensor(0), tensor([1, 2, 3]));
 * sums.toArray(); // => [1,3,6]
 */
export function scan<C extends Tree, X extends Tree, Y extends Tree>(
  body: (carry: C, x: X) => readonly [C, Y],
  init: C,
  xs: X,
  options: ScanOptions = {},
): [C, Y] {
  const carry = treeFlatten(init);
  const steps = treeFlatten(xs);
  const length = options.length ?? steps.leaves[0]?.shape[0];
  if (length === undefined || steps.leaves.some(({ shape }) => shape[0] !== length))
    throw new ShapeError(
      'scan/length',
      'scan steps through tensors whose first axes have one length.',
      {
        got:
          steps.leaves.map(({ shape }) => formatShape(shape)).join(', ') ||
          'nothing to step through',
        expected: length === undefined ? 'xs, or options.length' : `first axis ${length}`,
      },
    );
  return withTrace('scan body', (trace) => {
    const carryIn = carry.leaves.map((leaf) => trace.input(leaf));
    const stepIn = steps.leaves.map(({ shape, dtype }) =>
      trace.input({ shape: shape.slice(1), dtype }),
    );
    const [nextTree, resultTree] = body(
      treeUnflatten(carry.structure, carryIn) as C,
      treeUnflatten(steps.structure, stepIn) as X,
    );
    const next = treeFlatten(nextTree).leaves;
    checkCarry(carry.leaves, next);
    const results = treeFlatten(resultTree);
    const outputs = [...next, ...results.leaves].map((x) => trace.enter(x));
    // Numbers that nobody watches are constants of the body; all else from outside becomes an input of the loop.
    const captured = [...trace.captured].filter(
      ([outer]) => outer.trace !== undefined || outer.node !== undefined,
    );
    const graph = graphOf({
      trace,
      inputs: [...carryIn, ...stepIn, ...captured.map(([, symbol]) => symbol)],
      outputs,
    });
    const emitted = emitAll(
      scanPrimitive,
      [...carry.leaves, ...steps.leaves, ...captured.map(([outer]) => outer)],
      {
        body: graph,
        length,
        reverse: options.reverse ?? false,
        carryCount: carry.leaves.length,
        stepCount: steps.leaves.length,
      },
    );
    const count = carry.leaves.length;
    return [
      treeUnflatten(carry.structure, emitted.slice(0, count)) as C,
      treeUnflatten(results.structure, emitted.slice(2 * count)) as Y,
    ];
  });
}

function checkCarry(before: readonly Tensor[], after: readonly Tensor[]): void {
  const type = (x: Tensor | undefined): string =>
    x === undefined ? 'nothing' : `${x.dtype} ${formatShape(x.shape)}`;
  const count = Math.max(before.length, after.length);
  for (let i = 0; i < count; i++) {
    const [a, b] = [before[i], after[i]];
    if (a === undefined || b === undefined || a.dtype !== b.dtype || !sameShape(a.shape, b.shape))
      throw new ShapeError('scan/carry', 'What a scan carries must keep its types.', {
        got: `${type(b)} returned as tensor ${i} of the carry`,
        expected: type(a),
        fix: 'start with zeros of the final shape, or cast inside the body',
      });
  }
}
