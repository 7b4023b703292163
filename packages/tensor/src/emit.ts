import { allocate } from './dtype.js';
import type { Primitive } from './primitive.js';
import { Tensor } from './tensor.js';
import { createNode, deepestTrace } from './trace.js';

/**
 * The doorway: every operation passes here, so this is the only place that decides between computing now and writing
 * down for later. Shapes are checked first, so that a mistake surfaces where it was made.
 */
export function emitAll<P>(
  primitive: Primitive<P>,
  inputs: readonly Tensor[],
  params: P,
): readonly Tensor[] {
  const types = primitive.infer(inputs, params);
  const trace = deepestTrace(inputs);
  if (trace !== undefined) return trace.record(primitive as Primitive, inputs, params, types);
  const values = inputs.map((input) => input.data);
  let outputs: Tensor[];
  if (primitive.traits.alias === true) {
    outputs = types.map((type) => new Tensor(type, values[0]));
  } else {
    const arrays = types.map(({ shape, dtype }) =>
      allocate(
        dtype,
        shape.reduce((a, b) => a * b, 1),
      ),
    );
    primitive.reference({ inputs, outputs: types, params })(values, arrays);
    outputs = types.map((type, i) => new Tensor(type, arrays[i]));
  }
  // A tensor with an origin is being watched by a gradient: then the eager tape must go on.
  if (inputs.some((input) => input.node !== undefined))
    createNode(primitive as Primitive, params, inputs, outputs);
  return outputs;
}

/** `emitAll` for the many primitives that have one output. */
export function emit<P>(primitive: Primitive<P>, inputs: readonly Tensor[], params: P): Tensor {
  return emitAll(primitive, inputs, params)[0] as Tensor;
}
