import { isFloat } from '../dtype.js';
import { emit } from '../emit.js';
import { DTypeError, ShapeError } from '../errors.js';
import { ones, zeros } from '../ops/constant.js';
import * as identities from '../primitives/identity.js';
import type { BackwardRule } from '../primitives/identity.js';
import { formatShape } from '../shape.js';
import { Tensor } from '../tensor.js';
import { createNode } from '../trace.js';
import { treeFlatten, treeMap, treeUnflatten } from '../tree.js';
import type { Tree } from '../tree.js';
import { backward } from './walk.js';

/** The same tensor as a new variable whose uses can be followed. */
function watch(x: Tensor): Tensor {
  if (!isFloat(x.dtype))
    throw new DTypeError('grad/dtype', 'A gradient exists only with respect to real numbers.', {
      got: `${x.dtype} ${formatShape(x.shape)} in the first argument`,
      expected: 'float32 or float64',
      fix: "cast it with x.cast('float32'), or pass whole numbers as another argument",
    });
  if (x.trace !== undefined) return emit(identities.identity, [x], undefined);
  const watched = new Tensor(x, x.data);
  createNode(identities.identity, undefined, [x], [watched]);
  return watched;
}

/** Drops the history of a result, so that keeping the result does not keep everything it was computed from. */
function release(x: Tensor, nested: boolean): Tensor {
  return nested || x.trace !== undefined || x.node === undefined ? x : new Tensor(x, x.data);
}

/** Gradients under way. One inside another must keep the history that the outer one follows. */
let running = 0;

/** Options of `grad` and `valueAndGrad`. */
export interface GradOptions {
  /** The function returns `[scalar, aux]`; aux (a tree) comes out beside the value and has no gradient. */
  readonly hasAux?: boolean;
}

function differentiate<T extends Tree, R extends unknown[]>(
  fn: (first: T, ...rest: R) => unknown,
  hasAux: boolean,
  first: T,
  rest: R,
): { value: Tensor; aux: Tree | undefined; gradients: T } {
  const { leaves, structure } = treeFlatten(first);
  const watched = leaves.map(watch);
  const nested = running > 0;
  running++;
  try {
    const result = fn(treeUnflatten(structure, watched) as T, ...rest);
    const [value, aux] = (hasAux ? result : [result, undefined]) as [Tensor, Tree | undefined];
    if (!(value instanceof Tensor) || value.size !== 1)
      throw new ShapeError('grad/scalar', 'grad differentiates functions that return one number.', {
        got: value instanceof Tensor ? `a tensor ${formatShape(value.shape)}` : typeof value,
        expected: hasAux ? '[scalar tensor, aux]' : 'a scalar tensor',
        fix: 'reduce the result, for example with .sum() or .mean()',
      });
    const seed = ones(value.shape, { dtype: value.dtype });
    const gradients = backward([value], [seed], watched).map((gradient, i) => {
      const leaf = leaves[i] as Tensor;
      return gradient === undefined
        ? zeros(leaf.shape, { dtype: leaf.dtype })
        : release(gradient, nested);
    });
    return {
      value: release(value, nested),
      aux: aux === undefined ? undefined : treeMap((leaf) => release(leaf, nested), aux),
      gradients: treeUnflatten(structure, gradients) as T,
    };
  } finally {
    running--;
  }
}

/**
 * The gradient of a function that returns one number, with respect to its first argument (a tree of float tensors).
 * Other arguments are constants. Works eagerly, inside `compile`, and on itself for higher derivatives.
 *
 * @throws ShapeError when the function does not return a scalar; DTypeError when the argument holds whole numbers.
 * @example
 * const cube = (x: Tensor) => x.mul(x).mul(x).sum();
 * grad(cube)(tensor([2])).toArray(); // => [12]
 */
export function grad<T extends Tree, R extends unknown[]>(
  fn: (first: T, ...rest: R) => Tensor,
): (first: T, ...rest: R) => T {
  return (first, ...rest) => differentiate(fn, false, first, rest).gradients;
}

/** Like `grad`, and the value as well: `[value, gradients]`, or `[[value, aux], gradients]` with `hasAux`. */
export function valueAndGrad<T extends Tree, R extends unknown[]>(
  fn: (first: T, ...rest: R) => Tensor,
): (first: T, ...rest: R) => [Tensor, T];
export function valueAndGrad<T extends Tree, R extends unknown[], A extends Tree>(
  fn: (first: T, ...rest: R) => readonly [Tensor, A],
  options: { readonly hasAux: true },
): (first: T, ...rest: R) => [[Tensor, A], T];
export function valueAndGrad<T extends Tree, R extends unknown[]>(
  fn: (first: T, ...rest: R) => unknown,
  { hasAux = false }: GradOptions = {},
): (first: T, ...rest: R) => [unknown, T] {
  return (first, ...rest) => {
    const { value, aux, gradients } = differentiate(fn, hasAux, first, rest);
    return [hasAux ? [value, aux] : value, gradients];
  };
}

/** The same numbers, through which no gradient flows: for targets, and for parts that should not learn. */
export function stopGradient(x: Tensor): Tensor {
  return emit(identities.stopGradient, [x], undefined);
}

/**
 * A function with a gradient rule of your own: for a stabler or cheaper form, or a deliberate lie (straight-through).
 *
 * @param fn computes the result; its own operations are not differentiated.
 * @param rule gets the gradient of the result and the arguments; returns one gradient per argument (or undefined).
 * @example
 * const roundStraightThrough = customVjp((x) => round(x), (g) => [g]);
 */
export function customVjp(
  fn: (...args: Tensor[]) => Tensor,
  rule: (gradient: Tensor, ...args: Tensor[]) => ReturnType<BackwardRule>,
): (...args: Tensor[]) => Tensor {
  return (...args) =>
    emit(identities.customVjp, [fn(...args), ...args], {
      backward: (gradient) => rule(gradient, ...args),
    });
}
