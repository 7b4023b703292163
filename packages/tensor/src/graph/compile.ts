import type { Backend, Program } from '../backend.js';
import type { TypedArray } from '../dtype.js';
import { ShapeError, ValueError } from '../errors.js';
import { formatShape, sameShape } from '../shape.js';
import { Tensor } from '../tensor.js';
import { withTrace } from '../trace.js';
import type { TensorType } from '../primitive.js';
import { collectLeaves, treeFlatten, treeUnflatten } from '../tree.js';
import type { FlatTree, Tree, TreeStructure } from '../tree.js';
import { graphOf } from './graph.js';
import type { Graph } from './graph.js';
import { printGraph } from './print.js';
import { simplify } from './simplify.js';
import { getDefaultBackend } from './state.js';
import type { State } from './state.js';

/** Options of `compile`. */
export interface CompileOptions<S extends Tree = Tree> {
  readonly backend?: Backend;
  /** State that the program keeps and updates in place; `fn` gets it first and returns it first. */
  readonly carry?: State<S>;
}

/** A function that was recorded and now runs as a program. */
export interface Compiled<Args extends readonly Tree[], R extends Tree> {
  (...args: Args): R;
  /** The simplified graph for arguments like these, as text. */
  graph(...args: Args): string;
  /** What the backend made of it. */
  explain(...args: Args): string;
}

interface Entry {
  readonly graph: Graph;
  readonly program: Program;
  readonly structure: TreeStructure;
  readonly argumentStructure: TreeStructure;
  readonly argumentTypes: readonly TensorType[];
  readonly outputTypes: readonly TensorType[];
}

/** The tensors of these arguments, when they are of the kind that the entry was recorded for. */
function leavesFor({ argumentStructure, argumentTypes }: Entry, args: Tree): Tensor[] | undefined {
  const leaves: Tensor[] = [];
  if (!collectLeaves(argumentStructure, args, leaves)) return undefined;
  for (let i = 0; i < argumentTypes.length; i++) {
    const { dtype, shape } = argumentTypes[i] as TensorType;
    const leaf = leaves[i] as Tensor;
    if (leaf.dtype !== dtype || !sameShape(leaf.shape, shape)) return undefined;
  }
  return leaves;
}

const isRecorded = (leaf: Tensor): boolean => leaf.trace !== undefined || leaf.node !== undefined;

/**
 * Records `fn` once for each new combination of shapes and dtypes, simplifies the graph, plans its memory, and from then
 * on only replays it: same results as calling `fn`, without the cost of deciding anything. Arguments and results are trees
 * of tensors. A JavaScript number that `fn` captures is a constant; whatever changes must be an argument or carried.
 *
 * With `carry`, `fn(state, ...args)` returns `[nextState, result]`, and the state stays in the program's memory.
 *
 * @throws TracedValueError when `fn` reads a number of a tensor; ShapeError when a carried tensor changes its type.
 * @example
 * const twice = compile((x: Tensor) => x.add(x));
 * twice(tensor([1, 2])).toArray(); // => [2,4]
 *
 * const count = createState({ n: tensor(0) });
 * const next = compile((state: { n: Tensor }) => [{ n: state.n.add(1) }, state.n], { carry: count });
 * next(); // the number before; count.read().n is now 1
 */
export function compile<S extends Tree, Args extends readonly Tree[], R extends Tree>(
  fn: (state: S, ...args: Args) => readonly [S, R],
  options: { readonly backend?: Backend; readonly carry: State<S> },
): Compiled<Args, R>;
export function compile<Args extends readonly Tree[], R extends Tree>(
  fn: (...args: Args) => R,
  options?: { readonly backend?: Backend },
): Compiled<Args, R>;
export function compile(
  fn: (...args: Tree[]) => unknown,
  options: CompileOptions = {},
): Compiled<Tree[], Tree> {
  const { carry } = options;
  const backend = options.backend ?? carry?.backend ?? getDefaultBackend();
  /** The entry used last comes first. */
  const entries: Entry[] = [];

  function build({ leaves, structure: argStructure }: FlatTree): Entry {
    return withTrace('compile', (trace) => {
      const inputs = leaves.map((leaf) => trace.input(leaf));
      const callArgs = treeUnflatten(argStructure, inputs) as readonly Tree[];
      const state = carry === undefined ? [] : carry.types.map((type) => trace.input(type));
      const result =
        carry === undefined
          ? fn(...callArgs)
          : (fn(treeUnflatten(carry.structure, state), ...callArgs) as readonly [Tree, Tree]);
      const [nextTree, outputTree] = (carry === undefined ? [[], result] : result) as [Tree, Tree];
      const next = treeFlatten(nextTree).leaves;
      if (carry !== undefined) checkNextState(state, next);
      const { leaves: outputs, structure } = treeFlatten(outputTree);
      const raw = graphOf({ trace, inputs, state, outputs, nextState: next });
      const graph = simplify(raw);
      const program = backend.compile(graph, carry?.memory);
      return {
        graph,
        program,
        structure,
        argumentStructure: argStructure,
        argumentTypes: leaves.map(({ shape, dtype }) => ({ shape, dtype })),
        outputTypes: outputs.map(({ shape, dtype }) => ({ shape, dtype })),
      };
    });
  }

  /** The entry for these arguments, made when there is none, and their tensors. */
  function entryFor(args: readonly Tree[]): { readonly entry: Entry; readonly leaves: Tensor[] } {
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i] as Entry;
      const leaves = leavesFor(entry, args);
      if (leaves === undefined) continue;
      if (i > 0) entries.unshift(...entries.splice(i, 1));
      return { entry, leaves };
    }
    const flat = treeFlatten(args);
    const entry = build(flat);
    entries.unshift(entry);
    return { entry, leaves: flat.leaves };
  }

  const call = (...args: Tree[]): Tree => {
    // A gradient or a recording around this call wants to see the operations, so it gets the function itself.
    const known = entries.length > 0 ? leavesFor(entries[0] as Entry, args) : undefined;
    if ((known ?? treeFlatten(args).leaves).some(isRecorded)) {
      if (carry === undefined) return fn(...args) as Tree;
      throw new ValueError(
        'compile/nested-carry',
        'A compiled function with carried state runs only at the top.',
        {
          got: 'a call inside grad, compile or scan',
          fix: 'call the plain function there and carry its state yourself',
        },
      );
    }
    const { entry, leaves } =
      known === undefined ? entryFor(args) : { entry: entries[0] as Entry, leaves: known };
    const { program, structure, outputTypes } = entry;
    program.run(leaves.map((leaf) => leaf.data));
    // The program's memory is overwritten by the next run; results are the caller's for good.
    const outputs = outputTypes.map(
      (type, i) => new Tensor(type, program.output(i).slice() as TypedArray),
    );
    return treeUnflatten(structure, outputs);
  };
  return Object.assign(call, {
    graph: (...args: Tree[]) => printGraph(entryFor(args).entry.graph),
    explain: (...args: Tree[]) => entryFor(args).entry.program.explain(),
  });
}

function checkNextState(state: readonly Tensor[], next: readonly Tensor[]): void {
  if (state.length !== next.length)
    throw new ShapeError('compile/carry', 'The function must return the whole carried state.', {
      got: `${next.length} tensors`,
      expected: `${state.length} tensors`,
      fix: 'return [{ ...state, what: changed }, result]',
    });
  state.forEach((before, i) => {
    const after = next[i] as Tensor;
    if (!sameShape(before.shape, after.shape) || before.dtype !== after.dtype)
      throw new ShapeError('compile/carry', `Carried tensor ${i} changes its type.`, {
        got: `${after.dtype} ${formatShape(after.shape)}`,
        expected: `${before.dtype} ${formatShape(before.shape)}, as it was`,
        fix: 'cast or reshape it back before returning it',
      });
  });
}
