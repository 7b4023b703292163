import type { TensorType, TypedArray, ValueId } from '@gradus/tensor/backend';
import { allocate } from '@gradus/tensor/backend';
import { sizeOf } from './access.js';
import type { GraphView } from './graph-view.js';

/** What is known before a program runs. */
export interface Known {
  /** The number that all elements of a value are. */
  uniform(value: ValueId): number | undefined;
  /** All elements of a value: a constant, or made of nothing (positions along an axis). */
  data(value: ValueId): TypedArray | undefined;
}

const rearranging = new Set(['reshape', 'broadcast', 'transpose', 'slice', 'flip']);

/** Follows single numbers through the graph, so that loops take them from registers and nobody computes them twice. */
export function findKnown({ graph, type }: GraphView): Known {
  const uniform = new Map<ValueId, number>();
  const data = new Map<ValueId, TypedArray>();
  for (const constant of graph.constants) {
    data.set(constant.value, constant.data);
    if (constant.data.length === 1 && type(constant.value).dtype !== 'float64')
      uniform.set(constant.value, constant.data[0] as number);
  }
  for (const { primitive, params, inputs, outputs } of graph.nodes) {
    const [output] = outputs as readonly [ValueId];
    const { dtype, shape } = type(output);
    if (inputs.length === 0 && outputs.length === 1) {
      const values = allocate(dtype, sizeOf(shape));
      primitive.reference({ inputs: [], outputs: [type(output)], params })([], [values]);
      data.set(output, values);
      continue;
    }
    const numbers = inputs.map((value) => uniform.get(value));
    if (
      dtype === 'float64' ||
      numbers.length === 0 ||
      numbers.some((number) => number === undefined)
    )
      continue;
    if (rearranging.has(primitive.name)) uniform.set(output, numbers[0] as number);
    else if (primitive.traits.kind === 'elementwise') {
      const one = (value: ValueId): TypedArray => allocate(type(value).dtype, 1);
      const operands = inputs.map((value, i) => {
        const array = one(value);
        array[0] = numbers[i] as number;
        return array;
      });
      const result = one(output);
      const scalar = (value: ValueId): TensorType => ({ shape: [], dtype: type(value).dtype });
      primitive.reference({ inputs: inputs.map(scalar), outputs: [scalar(output)], params })(
        operands,
        [result],
      );
      uniform.set(output, result[0] as number);
    }
  }
  return { uniform: (value) => uniform.get(value), data: (value) => data.get(value) };
}
