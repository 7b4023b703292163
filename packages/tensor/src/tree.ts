import { ValueError } from './errors.js';
import { Tensor } from './tensor.js';

/** Tensors in nested arrays and plain objects: parameters, optimizer state, batches. */
export type Tree = Tensor | readonly Tree[] | { readonly [key: string]: Tree };

/** A tree with its leaves taken out. Keys keep the order in which they were written. */
export type TreeStructure =
  | { readonly kind: 'leaf' }
  | { readonly kind: 'array'; readonly children: readonly TreeStructure[] }
  | {
      readonly kind: 'object';
      readonly keys: readonly string[];
      readonly children: readonly TreeStructure[];
    };

/** What `treeFlatten` finds. */
export interface FlatTree {
  readonly leaves: Tensor[];
  readonly structure: TreeStructure;
}

/**
 * The tensors of a tree in order, and the structure to put others in their places.
 *
 * @throws ValueError when something in it is neither a tensor, an array nor a plain object.
 */
export function treeFlatten(tree: Tree): FlatTree {
  const leaves: Tensor[] = [];
  const walk = (node: Tree, path: string): TreeStructure => {
    if (node instanceof Tensor) {
      leaves.push(node);
      return { kind: 'leaf' };
    }
    if (Array.isArray(node))
      return {
        kind: 'array',
        children: node.map((child: Tree, i) => walk(child, `${path}[${i}]`)),
      };
    if (typeof node === 'object' && node !== null && !ArrayBuffer.isView(node)) {
      const entries = Object.entries(node);
      return {
        kind: 'object',
        keys: entries.map(([key]) => key),
        children: entries.map(([key, child]) => walk(child, `${path}.${key}`)),
      };
    }
    throw new ValueError('tree/leaf', 'A tree is made of tensors in arrays and plain objects.', {
      got: `${ArrayBuffer.isView(node) ? 'a typed array' : typeof node} at ${path || 'the root'}`,
      expected: 'a Tensor',
      fix: 'wrap numbers and arrays with tensor(...)',
    });
  };
  return { structure: walk(tree, ''), leaves };
}

/** The tree of this structure with these leaves. */
export function treeUnflatten(structure: TreeStructure, leaves: readonly Tensor[]): Tree {
  let position = 0;
  const build = (node: TreeStructure): Tree => {
    if (node.kind === 'leaf') return leaves[position++] as Tensor;
    const children = node.children.map(build);
    return node.kind === 'array'
      ? children
      : Object.fromEntries(node.keys.map((key, i) => [key, children[i] as Tree]));
  };
  return build(structure);
}

/** A tree of the same structure whose leaves are `fn(leaf, leaves of the other trees at the same place)`. */
export function treeMap<T extends Tree>(
  fn: (leaf: Tensor, ...others: Tensor[]) => Tensor,
  tree: T,
  ...rest: Tree[]
): T {
  const { leaves, structure } = treeFlatten(tree);
  const others = rest.map((other) => treeFlatten(other).leaves);
  return treeUnflatten(
    structure,
    leaves.map((leaf, i) => fn(leaf, ...others.map((list) => list[i] as Tensor))),
  ) as T;
}
