import { backward } from '../autograd/walk.js';
import { allocate, isFloat } from '../dtype.js';
import type { TypedArray } from '../dtype.js';
import { emit, emitAll } from '../emit.js';
import type { Graph, HasBody, ValueId } from '../graph/graph.js';
import { zeros } from '../ops/constant.js';
import { scan } from '../ops/scan.js';
import type { Primitive, TensorType } from '../primitive.js';
import { bindReplay } from '../reference/replay.js';
import { sizeOf } from '../shape.js';
import { Tensor } from '../tensor.js';
import { identity } from './identity.js';

/**
 * A loop over the first axis of some tensors. Inputs are the carried values, the tensors to step through, and what the
 * body uses from outside. Outputs are the final carried values, the carried values at the start of every step (stacked:
 * the gradient needs them), and the stacked results.
 */
export interface ScanParams extends HasBody {
  readonly length: number;
  readonly reverse: boolean;
  readonly carryCount: number;
  readonly stepCount: number;
}

/** Runs a graph op by op on tensors: eagerly, or into the recording they belong to. */
function interpret(graph: Graph, inputs: readonly Tensor[]): Tensor[] {
  const values = new Map<ValueId, Tensor>();
  graph.inputs.forEach((id, i) => values.set(id, inputs[i] as Tensor));
  graph.constants.forEach(({ value, data }) =>
    values.set(value, new Tensor(graph.types[value] as TensorType, data)),
  );
  const get = (id: ValueId): Tensor => values.get(id) as Tensor;
  for (const node of graph.nodes) {
    const outputs = emitAll(node.primitive, node.inputs.map(get), node.params);
    node.outputs.forEach((id, i) => values.set(id, outputs[i] as Tensor));
  }
  return graph.outputs.map(get);
}

const zerosLike = (x: Tensor): Tensor => zeros(x.shape, { dtype: x.dtype });

/** Elements `from[fromStart...]` into `to[toStart...]`, without making views. */
function copyRange(
  from: TypedArray,
  fromStart: number,
  to: TypedArray,
  toStart: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) to[toStart + i] = from[fromStart + i] as number;
}

export const scanPrimitive: Primitive<ScanParams> = {
  name: 'scan',
  traits: { kind: 'scan' },
  infer: (inputs, { body, length, carryCount }) => {
    const typeOf = (id: ValueId): TensorType => body.types[id] as TensorType;
    const stacked = ({ shape, dtype }: TensorType): TensorType => ({
      shape: [length, ...shape],
      dtype,
    });
    const carries = inputs.slice(0, carryCount).map(({ shape, dtype }) => ({ shape, dtype }));
    return [
      ...carries,
      ...carries.map(stacked),
      ...body.outputs.slice(carryCount).map((id) => stacked(typeOf(id))),
    ];
  },

  // The loop backwards: each step is recomputed from its saved carried values and differentiated.
  vjp: ({ inputs, outputs, gradients, params }) => {
    const { body, length, reverse, carryCount, stepCount } = params;
    const steps = inputs.slice(carryCount, carryCount + stepCount);
    const captured = inputs.slice(carryCount + stepCount);
    const history = outputs.slice(carryCount, 2 * carryCount);
    const resultGradients = outputs
      .slice(2 * carryCount)
      .map((output, i) => gradients[2 * carryCount + i] ?? zerosLike(output));
    const carryTensors = outputs.slice(0, carryCount);
    // Someone may differentiate this gradient, which reads the saved values: then they have gradients of their own.
    const historyGradients = gradients.slice(carryCount, 2 * carryCount);
    const present = historyGradients.flatMap((g, i) => (g === undefined ? [] : [i]));
    const differentiable = (list: readonly Tensor[]): number[] =>
      list.flatMap((tensor, i) => (isFloat(tensor.dtype) ? [i] : []));
    const floatCarries = differentiable(carryTensors);
    const floatSteps = differentiable(steps);
    const floatCaptured = differentiable(captured);
    const init = {
      carries: floatCarries.map((i) => gradients[i] ?? zerosLike(carryTensors[i] as Tensor)),
      captured: floatCaptured.map((i) => zerosLike(captured[i] as Tensor)),
    };
    const [final, stepGradients] = scan(
      (sums, { carries, xs, resultSeeds, carrySeeds }) => {
        const watch = (list: readonly Tensor[]): Tensor[] =>
          list.map((x) => emit(identity, [x], undefined));
        const own = watch(carries);
        const ownSteps = watch(xs);
        // A sum with zero ties what comes from outside to this step, so that its gradient is taken inside the loop.
        const ownCaptured = captured.map((x) => anchor(x, carries[0] ?? xs[0]));
        const results = interpret(body, [...own, ...ownSteps, ...ownCaptured]);
        const seeds = results.map((result, i) =>
          i >= carryCount
            ? resultSeeds[i - carryCount]
            : isFloat(result.dtype)
              ? sums.carries[floatCarries.indexOf(i)]
              : undefined,
        );
        const targets = [
          ...floatCarries.map((i) => own[i] as Tensor),
          ...floatSteps.map((i) => ownSteps[i] as Tensor),
          ...floatCaptured.map((i) => ownCaptured[i] as Tensor),
        ];
        const found = backward(results, seeds, targets).map(
          (g, i) => g ?? zerosLike(targets[i] as Tensor),
        );
        const split = floatCarries.length + floatSteps.length;
        return [
          {
            carries: floatCarries.map((i, k) => {
              const seed = carrySeeds[present.indexOf(i)];
              return seed === undefined ? (found[k] as Tensor) : (found[k] as Tensor).add(seed);
            }),
            captured: sums.captured.map((sum, i) => sum.add(found[split + i] as Tensor)),
          },
          found.slice(floatCarries.length, split),
        ];
      },
      init,
      {
        carries: history,
        xs: steps,
        resultSeeds: resultGradients,
        carrySeeds: present.map((i) => historyGradients[i] as Tensor),
      },
      { length, reverse: !reverse },
    );
    const result = new Array<Tensor | undefined>(inputs.length).fill(undefined);
    floatCarries.forEach((i, k) => (result[i] = final.carries[k]));
    floatSteps.forEach((i, k) => (result[carryCount + i] = stepGradients[k]));
    floatCaptured.forEach((i, k) => (result[carryCount + stepCount + i] = final.captured[k]));
    return result;
  },

  reference: ({ inputs, outputs, params: { body, length, reverse, carryCount, stepCount } }) => {
    const replay = bindReplay(body);
    const carries = inputs
      .slice(0, carryCount)
      .map(({ dtype, shape }) => allocate(dtype, sizeOf(shape)));
    const xs = inputs
      .slice(carryCount, carryCount + stepCount)
      .map(({ dtype, shape }) => allocate(dtype, sizeOf(shape.slice(1))));
    const stepSizes = outputs.slice(carryCount).map(({ shape }) => sizeOf(shape.slice(1)));
    const nextCarries = carries.map((array) => array.slice());
    const arguments_: TypedArray[] = [...carries, ...xs];
    return (ins, outs) => {
      for (let i = carryCount + stepCount; i < ins.length; i++)
        arguments_[i] = ins[i] as TypedArray;
      carries.forEach((carry, i) => carry.set(ins[i] as TypedArray));
      for (let n = 0; n < length; n++) {
        const at = reverse ? length - 1 - n : n;
        xs.forEach((x, i) =>
          copyRange(ins[carryCount + i] as TypedArray, at * x.length, x, 0, x.length),
        );
        carries.forEach((carry, i) =>
          copyRange(carry, 0, outs[carryCount + i] as TypedArray, at * carry.length, carry.length),
        );
        replay.run(arguments_);
        // Results first: a result may be the carried memory itself.
        for (let i = carryCount; i < body.outputs.length; i++) {
          const size = stepSizes[i] as number;
          copyRange(
            replay.valueOf(body.outputs[i] as ValueId),
            0,
            outs[carryCount + i] as TypedArray,
            at * size,
            size,
          );
        }
        nextCarries.forEach((next, i) => next.set(replay.valueOf(body.outputs[i] as ValueId)));
        carries.forEach((carry, i) => carry.set(nextCarries[i] as TypedArray));
      }
      carries.forEach((carry, i) => (outs[i] as TypedArray).set(carry));
    };
  },
};

/** `x` as a value of the recording that `inside` belongs to. */
function anchor(x: Tensor, inside: Tensor | undefined): Tensor {
  const { trace } = inside ?? x;
  return trace === undefined ? x : trace.enter(x);
}
