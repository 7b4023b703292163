import { ShapeError } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import type { SlotSpec } from './define-optimizer.js';
import type { OptimizerState, OptimizerVariable } from './optimizer.js';

type SlotGroups = readonly (readonly SlotSpec[])[];

/** Where a tensor lives in a state, and what its path ends with. */
type Place = (
  | { readonly kind: 'iteration' }
  | { readonly kind: 'learningRate' }
  | { readonly kind: 'average'; readonly index: number }
  | { readonly kind: 'gradientAccumulator'; readonly index: number }
  | {
      readonly kind: 'slot';
      readonly slot: string;
      readonly label: string | undefined;
      readonly index: number;
    }
  | { readonly kind: 'shared'; readonly key: string }
) & { readonly tensor: Tensor };

/** The one place that knows the order of Keras' optimizer files. */
function* places(groups: SlotGroups, state: OptimizerState): Generator<Place> {
  yield { kind: 'iteration', tensor: state.iteration };
  if (state.learningRate !== undefined) yield { kind: 'learningRate', tensor: state.learningRate };
  for (const kind of ['average', 'gradientAccumulator'] as const)
    for (const [index, tensor] of (state[kind] ?? []).entries()) yield { kind, index, tensor };
  for (const group of groups) {
    const count = state.slots[group[0]?.name ?? '']?.length ?? 0;
    for (let index = 0; index < count; index++)
      for (const { name, label } of group) {
        const tensor = state.slots[name]?.[index] as Tensor;
        // An empty tensor stands for a slot that the parameter does not have.
        if (tensor.size > 0) yield { kind: 'slot', slot: name, label, index, tensor };
      }
  }
  for (const [key, tensor] of Object.entries(state.shared)) yield { kind: 'shared', key, tensor };
}

/** The tensors of a state in the order of Keras' files, with paths such as `adam/dense_kernel_momentum`. */
export function listVariables(
  prefix: string,
  groups: SlotGroups,
  state: OptimizerState,
  names: readonly string[] = [],
): OptimizerVariable[] {
  const snake = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  return Array.from(places(groups, state), (place) => {
    if (!('index' in place))
      return {
        path: `${prefix}/${snake('key' in place ? place.key : place.kind)}`,
        tensor: place.tensor,
      };
    const owner = (names[place.index] ?? `variable_${place.index}`).replaceAll('/', '_');
    const label = 'slot' in place ? (place.label ?? place.slot) : place.kind;
    return {
      path: `${prefix}/${owner}${label === '' ? '' : `_${snake(label)}`}`,
      tensor: place.tensor,
    };
  });
}

/**
 * Tensors of a file in place of those of a state, with their shapes and dtypes.
 *
 * @throws ShapeError when their number or a shape differs.
 */
export function putVariables(current: readonly Tensor[], given: readonly Tensor[]): Tensor[] {
  if (current.length !== given.length)
    throw new ShapeError(
      'optimizer/variables',
      'The saved optimizer state does not belong to this optimizer and model.',
      {
        got: `${given.length} tensors`,
        expected: `${current.length} tensors`,
        fix: 'make the optimizer with the options it was saved with',
      },
    );
  return current.map(({ shape, size, dtype }, position) => {
    const saved = given[position] as Tensor;
    if (saved.size !== size)
      throw new ShapeError(
        'optimizer/variables',
        `Saved optimizer variable ${position} has another shape.`,
        {
          got: `[${saved.shape.join(', ')}]`,
          expected: `[${shape.join(', ')}]`,
          fix: 'load it into the model that it was saved with',
        },
      );
    return saved.reshape(shape).cast(dtype);
  });
}

/**
 * Puts the tensors of a file into a state.
 *
 * @throws ShapeError when their number or a shape differs.
 */
export function withVariables(
  groups: SlotGroups,
  state: OptimizerState,
  tensors: readonly Tensor[],
): OptimizerState {
  const all = [...places(groups, state)];
  const values = putVariables(
    all.map(({ tensor }) => tensor),
    tensors,
  );
  const next: {
    iteration: Tensor;
    learningRate?: Tensor;
    average?: Tensor[];
    gradientAccumulator?: Tensor[];
    slots: Record<string, Tensor[]>;
    shared: Record<string, Tensor>;
  } = { iteration: state.iteration, slots: {}, shared: {} };
  for (const [name, list] of Object.entries(state.slots)) next.slots[name] = [...list];
  all.forEach((place, position) => {
    const tensor = values[position] as Tensor;
    if (place.kind === 'iteration') next.iteration = tensor;
    else if (place.kind === 'learningRate') next.learningRate = tensor;
    else if (place.kind === 'slot') (next.slots[place.slot] as Tensor[])[place.index] = tensor;
    else if (place.kind === 'shared') next.shared[place.key] = tensor;
    else (next[place.kind] ??= [])[place.index] = tensor;
  });
  return next;
}
