import { primitives } from '@gradus/tensor/backend';
import type { Graph, Primitive, TensorType } from '@gradus/tensor/backend';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { variants } from '../../math/math.fixture.js';
import { alone, runReference, runWithKernels, shared } from '../../program/kernel.fixture.js';
import { windowsPattern } from './copy-windows.js';
import { windowGeometry } from './geometry.js';
import type { WindowParams } from './geometry.js';

const sizeOf = ({ shape }: TensorType): number => shape.reduce((size, n) => size * n, 1);

/** A graph of one node. */
function graphOfOne(name: string, input: TensorType, params: unknown): Graph {
  const primitive = primitives.get(name) as Primitive;
  return {
    types: [input, ...primitive.infer([input], params)],
    inputs: [0],
    state: [],
    constants: [],
    nodes: [{ primitive, params, inputs: [0], outputs: [1] }],
    outputs: [1],
    nextState: [],
  };
}

interface Axis {
  readonly length: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly low: number;
  readonly high: number;
}

const axis: fc.Arbitrary<Axis> = fc.record({
  length: fc.integer({ min: 1, max: 9 }),
  kernel: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 4 }),
  dilation: fc.integer({ min: 1, max: 3 }),
  low: fc.integer({ min: 0, max: 4 }),
  high: fc.integer({ min: 0, max: 4 }),
});

const windows = fc.record({
  axes: fc.array(axis, { minLength: 1, maxLength: 3 }),
  batch: fc.integer({ min: 0, max: 3 }),
  channels: fc.constantFrom(1, 2, 3, 4, 7, 16, 37),
});

describe.each(variants)('with relaxed SIMD: $relaxed', (features) => {
  test('windows of any geometry are those of the reference, taken apart and put back', () => {
    fc.assert(
      fc.property(windows, ({ axes, batch, channels }) => {
        const list = (name: keyof Axis): number[] => axes.map((each) => each[name]);
        const params: WindowParams = {
          kernel: list('kernel'),
          strides: list('stride'),
          dilations: list('dilation'),
          low: list('low'),
          high: list('high'),
        };
        const x: TensorType = { shape: [batch, ...list('length'), channels], dtype: 'float32' };
        const { positions, taps } = windowGeometry(x.shape, params);
        const patches: TensorType = { ...x, shape: [batch, ...positions, taps, channels] };
        for (const [name, input, own] of [
          ['unfold', x, params],
          ['fold', patches, { ...params, spatial: list('length') }],
        ] as const) {
          const graph = graphOfOne(name, input, own);
          const data = [Float32Array.from({ length: sizeOf(input) }, (_, i) => (i * 37) % 101)];
          const want = runReference(graph, data);
          for (const sharing of [alone, shared])
            expect(
              runWithKernels(graph, [windowsPattern], data, features, sharing).outputs,
            ).toEqual(want);
        }
      }),
      { numRuns: 60 },
    );
  });
});
