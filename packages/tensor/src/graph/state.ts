import type { Backend, Memory } from '../backend.js';
import { ShapeError } from '../errors.js';
import { referenceBackend } from '../reference/backend.js';
import { formatShape, sameShape } from '../shape.js';
import { Tensor } from '../tensor.js';
import { treeFlatten, treeUnflatten } from '../tree.js';
import type { Tree, TreeStructure } from '../tree.js';

let chosen: Backend | undefined;
let offered: Backend | undefined;

/** The backend of programs and states that name none: the one that was set, else one that was offered, else the reference. */
export function getDefaultBackend(): Backend {
  return chosen ?? offered ?? referenceBackend;
}

/** Sets the backend of all programs and states made from now on. */
export function setDefaultBackend(backend: Backend): void {
  chosen = backend;
}

/** Names a backend to use where nobody has set one: how a package brings a faster engine without overruling its user. */
export function offerBackend(backend: Backend): void {
  offered = backend;
}

/**
 * Tensors that live in the memory of a backend and are updated in place by the programs that carry them: a model's
 * variables, optimizer state, metric sums. Several programs may share one state.
 */
export class State<T extends Tree> {
  readonly backend: Backend;
  readonly memory: Memory;
  readonly types: readonly Tensor[];
  readonly structure: TreeStructure;

  constructor(initial: T, backend: Backend) {
    const { leaves, structure } = treeFlatten(initial);
    this.backend = backend;
    this.structure = structure;
    this.types = leaves;
    this.memory = backend.createMemory(leaves);
    leaves.forEach((leaf, i) => this.memory.write(i, leaf.data));
  }

  /** A copy of all values. */
  read(): T {
    return treeUnflatten(
      this.structure,
      this.types.map((type, i) => this.readLeaf(i, type)),
    ) as T;
  }

  /** A copy of one tensor, by its position among the leaves. */
  readLeaf(index: number, type: Tensor = this.types[index] as Tensor): Tensor {
    return new Tensor({ shape: type.shape, dtype: type.dtype }, this.memory.read(index));
  }

  /** Overwrites one tensor, by its position among the leaves. */
  writeLeaf(index: number, value: Tensor): void {
    const type = this.types[index] as Tensor;
    if (!sameShape(type.shape, value.shape) || type.dtype !== value.dtype)
      throw new ShapeError('state/type', 'A carried tensor keeps its shape and dtype.', {
        got: `${value.dtype} ${formatShape(value.shape)} for leaf ${index}`,
        expected: `${type.dtype} ${formatShape(type.shape)}`,
        fix: 'cast or reshape the value, or create a new state',
      });
    this.memory.write(index, value.data);
  }

  /** Overwrites all values. */
  write(tree: T): void {
    const { leaves } = treeFlatten(tree);
    if (leaves.length !== this.types.length)
      throw new ShapeError(
        'state/structure',
        'The tree does not have the structure of the state.',
        {
          got: `${leaves.length} tensors`,
          expected: `${this.types.length} tensors`,
        },
      );
    leaves.forEach((leaf, i) => this.writeLeaf(i, leaf));
  }
}

/** Memory for a tree of tensors that programs carry from run to run. */
export function createState<T extends Tree>(
  initial: T,
  options: { readonly backend?: Backend } = {},
): State<T> {
  return new State(initial, options.backend ?? getDefaultBackend());
}
