import { describe, expect, test } from 'vitest';
import { allocate } from '../dtype.js';
import type { TypedArray } from '../dtype.js';
import { emitAll } from '../emit.js';
import { tensor } from '../ops/constant.js';
import type { Primitive } from '../primitive.js';
import { sameShape, sizeOf } from '../shape.js';
import type { Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { cumsum } from './cumsum.js';
import { gather, scatterAdd } from './gather.js';
import { broadcast, concat, flip, pad, reshape, slice, transpose } from './layout.js';
import { matmul } from './matmul.js';
import { max, min, prod, sum } from './reduce.js';
import { fold, unfold } from './window.js';

let state = 1;
/** Reproducible numbers between -1 and 1. */
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) | 0;
  return state / 2 ** 31;
}
const values = (shape: Shape): Tensor =>
  tensor(Float64Array.from({ length: sizeOf(shape) }, random), { shape });
const whole = (list: number[], shape: Shape): Tensor => tensor(new Int32Array(list), { shape });
const filled = (list: number[], shape: Shape): Tensor => tensor(new Float64Array(list), { shape });

interface Case {
  readonly name: string;
  readonly primitive: Primitive;
  readonly inputs: readonly Tensor[];
  readonly params: unknown;
  /** How many of the inputs have gradients. */
  readonly smooth: number;
}

function row<P>(
  label: string,
  primitive: Primitive<P>,
  inputs: readonly Tensor[],
  params: P,
  smooth = 1,
): Case {
  return {
    name: `${primitive.name} ${label}`,
    primitive: primitive as Primitive,
    inputs,
    params,
    smooth,
  };
}

const window2d = { kernel: [2, 3], strides: [2, 1], dilations: [1, 2], low: [1, 0], high: [0, 2] };
const strided1d = { kernel: [3], strides: [3], dilations: [1], low: [0], high: [0] };
const matmuls = [false, true].flatMap((transposeX) =>
  [false, true].map((transposeY) =>
    row(
      `${transposeX ? 'xT' : 'x'} ${transposeY ? 'yT' : 'y'}`,
      matmul,
      [
        values(transposeX ? [2, 1, 4, 3] : [2, 1, 3, 4]),
        values(transposeY ? [5, 2, 4] : [5, 4, 2]),
      ],
      { transposeX, transposeY },
      2,
    ),
  ),
);

const cases: readonly Case[] = [
  row('last axis', sum, [values([2, 3, 4])], { axes: [2] }),
  row('outer axes', sum, [values([2, 3, 4])], { axes: [0, 1] }),
  row('alternating axes', sum, [values([2, 3, 4, 2])], { axes: [0, 2] }),
  row('of nothing', sum, [values([2, 0])], { axes: [1] }),
  row('middle axis', prod, [values([2, 5, 3])], { axes: [1] }),
  row('two axes', prod, [values([2, 5, 3])], { axes: [0, 2] }),
  row('with zeros', prod, [filled([2, 0, 3, 0, 5, 0, 1, 2, 3], [3, 3])], { axes: [1] }),
  row('of one factor', prod, [values([3, 1])], { axes: [1] }),
  row('all', max, [values([3, 4])], { axes: [0, 1] }),
  row('one axis', max, [values([3, 4])], { axes: [0] }),
  row('one axis', min, [values([3, 4])], { axes: [1] }),
  row('', reshape, [values([2, 6])], { shape: [3, 4] }),
  row('', transpose, [values([2, 3, 4])], { axes: [2, 0, 1] }),
  row('of outer axes', transpose, [values([2, 3, 4])], { axes: [1, 0, 2] }),
  row('', broadcast, [values([3, 1])], { shape: [2, 3, 4] }),
  row('', slice, [values([5, 4])], { begin: [1, 0], size: [2, 3], step: [2, 1] }),
  row('of nothing', slice, [values([5, 4])], { begin: [1, 4], size: [2, 0], step: [1, 1] }),
  row('', pad, [values([3, 2])], { low: [1, 0], high: [0, 2], interior: [2, 0], value: 0 }),
  row('', concat, [values([2, 3]), values([2, 1]), values([2, 2])], { axis: 1 }, 3),
  row('', flip, [values([3, 4])], { axes: [0, 1] }),
  row('one axis', flip, [values([3, 4])], { axes: [0] }),
  ...matmuls,
  row('2d', unfold, [values([2, 4, 5, 2])], window2d),
  row('1d', unfold, [values([2, 7, 2])], strided1d),
  row('2d', fold, [values([2, 2, 3, 6, 2])], { ...window2d, spatial: [4, 5] }),
  row('', gather, [values([2, 4, 3]), whole([3, 0, 3, 1], [2, 2])], { axis: 1 }),
  row('', scatterAdd, [values([2, 2, 2, 3]), whole([3, 0, 3, 1], [2, 2])], { axis: 1, size: 5 }),
  ...[false, true].flatMap((reverse) =>
    [false, true].map((exclusive) =>
      row(
        `${reverse ? 'reverse ' : ''}${exclusive ? 'exclusive' : ''}`,
        cumsum,
        [values([2, 4, 3])],
        { axis: 1, reverse, exclusive },
      ),
    ),
  ),
];

const apply = ({ primitive, params }: Case, inputs: readonly Tensor[]): Tensor =>
  emitAll(primitive, inputs, params)[0] as Tensor;

const inner = (a: Tensor, b: Tensor): number =>
  (a.data as Float64Array).reduce((total, value, i) => total + value * (b.data[i] as number), 0);

function gradients(
  each: Case,
  inputs: readonly Tensor[],
  g: Tensor,
): readonly (Tensor | undefined)[] {
  return each.primitive.vjp({
    inputs,
    outputs: [apply(each, inputs)],
    gradients: [g],
    params: each.params,
  });
}

/** A gradient rule may leave broadcast axes in front or of length 1 unsummed; the walk sums them. */
function unbroadcast(gradient: Tensor, shape: Shape): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient;
  const offset = gradient.rank - shape.length;
  const axis = gradient.shape.flatMap((length, i) =>
    i < offset || (shape[i - offset] === 1 && length !== 1) ? [i] : [],
  );
  return gradient.sum({ axis }).reshape(shape);
}

function nudged(inputs: readonly Tensor[], which: number, at: number, by: number): Tensor[] {
  return inputs.map((input, i) => {
    if (i !== which) return input;
    const copy = Float64Array.from(input.data);
    (copy[at] as number) += by;
    return tensor(copy, { shape: input.shape });
  });
}

describe.each(cases)('$name', (each) => {
  test('infer tells what reference computes, and it writes every element again on each run', () => {
    const { inputs, primitive, params } = each;
    const outputs = primitive.infer(inputs, params);
    const run = primitive.reference({ inputs, outputs, params });
    const memory = (filling: number): TypedArray[] =>
      outputs.map(({ shape, dtype }) => allocate(dtype, sizeOf(shape)).fill(filling));
    const [clean, dirty] = [memory(0), memory(77)];
    const data = inputs.map((input) => input.data);
    run(data, clean);
    run(data, dirty);
    expect(dirty).toEqual(clean);
    expect(apply(each, inputs).shape).toEqual(outputs[0]?.shape);
  });

  test('the gradient agrees with central differences', () => {
    const { inputs, smooth } = each;
    const g = values(apply(each, inputs).shape);
    const found = gradients(each, inputs, g);
    for (let which = 0; which < smooth; which++) {
      const { shape, size } = inputs[which] as Tensor;
      const gradient = unbroadcast(found[which] as Tensor, shape);
      const expected = Float64Array.from({ length: size }, (_, at) => {
        const step = 1e-6;
        const up = inner(apply(each, nudged(inputs, which, at, step)), g);
        const down = inner(apply(each, nudged(inputs, which, at, -step)), g);
        return (up - down) / (2 * step);
      });
      expect(gradient.shape).toEqual(shape);
      for (let i = 0; i < size; i++) expect(gradient.data[i]).toBeCloseTo(expected[i] as number, 6);
    }
  });

  test('a linear primitive and its gradient are adjoint: <A x, y> = <x, A* y>', () => {
    const { primitive, inputs } = each;
    if (primitive.traits.linear !== true) return;
    const x = inputs[0] as Tensor;
    const y = apply(each, inputs);
    const g = values(y.shape);
    const back = unbroadcast(gradients(each, inputs, g)[0] as Tensor, x.shape);
    expect(inner(x, back)).toBeCloseTo(inner(y, g), 10);
  });
});
