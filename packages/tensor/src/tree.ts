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

/**
 * Appends the tensors of `tree` to `leaves` when it has this structure, and says whether it has. For trees that come again
 * and again: it builds no description of them.
 */
export function collectLeaves(structure: TreeStructure, tree: Tree, leaves: Tensor[]): boolean {
  if (tree instanceof Tensor) {
    leaves.push(tree);
    return structure.kind === 'leaf';
  }
  if (structure.kind === 'leaf' || typeof tree !== 'object' || tree === null) return false;
  const { children } = structure;
  if (structure.kind === 'array') {
    if (!Array.isArray(tree) || tree.length !== children.length) return false;
    for (let i = 0; i < children.length; i++)
      if (!collectLeaves(children[i] as TreeStructure, tree[i] as Tree, leaves)) return false;
    return true;
  }
  const { keys } = structure;
  if (Array.isArray(tree) || Object.keys(tree).length !== keys.length) return false;
  for (let i = 0; i < keys.length; i++) {
    const child = (tree as { readonly [key: string]: Tree })[keys[i] as string];
    if (child === undefined || !collectLeaves(children[i] as TreeStructure, child, leaves))
      return false;
  }
  return true;
}

/** The tree of this structure with these leaves. */
export function treeUnflatten(structure: TreeStructure, leaves: readonly Tensor[]): Tree {
  let position = 0;
  const build = (node: TreeStructure): Tree => {
    if (node.kind === 'leaf') return leaves[position++] as Tensor;
    if (node.kind === 'array') return node.children.map(build);
    const result: Record<string, Tree> = {};
    node.keys.forEach((key, i) => (result[key] = build(node.children[i] as TreeStructure)));
    return result;
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
