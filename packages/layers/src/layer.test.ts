import type { Tensor } from '@gradus/tensor';
import { tensor } from '@gradus/tensor';
import { expect, expectTypeOf, test } from 'vitest';
import { ones } from './initializers/index.js';
import { checkLayer, outputOf, parametersOf } from './layer-check.js';
import type { LayerOptions } from './layer.js';
import { defineLayer } from './layer.js';
import { normalization } from './normalization.js';
import { registerLayer } from './registry.js';
import { input } from './symbolic.js';

interface ScaleOptions extends LayerOptions {
  readonly offset: number;
}

const scale = defineLayer({
  className: 'Scale',
  resolve: ({ offset }: ScaleOptions) => ({ offset }),
  build: (_options, shape) => ({ factor: { shape: [shape.at(-1) ?? 1], initializer: ones() } }),
  call({ factor }, x, { offset }) {
    expectTypeOf(factor).toEqualTypeOf<Tensor>();
    expectTypeOf(x).toEqualTypeOf<Tensor>();
    return x.mul(factor).add(offset);
  },
});

test('a layer of your own is a few lines and holds what every layer must hold', () => {
  registerLayer(scale);
  const layer = scale({ offset: 1, name: 'gain' });
  expect(outputOf(layer, parametersOf(layer, [[1, 2]]), tensor([[3, 4]])).toArray()).toEqual([
    [4, 5],
  ]);
  expect(layer(input({ shape: [2] })).shape).toEqual([null, 2]);
  checkLayer(layer, [3, 2]);
});

test('parameter names flow from build to call', () => {
  defineLayer({
    className: 'Wrong',
    build: () => ({ factor: { shape: [1], initializer: ones() } }),
    // @ts-expect-error build made no parameter called kernel
    call: ({ kernel }, x) => x.mul(kernel),
  });
});

test('one name belongs to one class', () => {
  expect(() => registerLayer(defineLayer({ className: 'Dense', call: (_params, x) => x })))
    .toThrowErrorMatchingInlineSnapshot(`
    [NameError: [layer/taken] There is already a layer class called 'Dense'.
      got       'Dense'
      expected  a className of its own
      fix       for example 'MyDense']
  `);
});

test('several inputs for a layer that takes one are explained', () => {
  const x = input({ shape: [2] });
  expect(() => scale({ offset: 0 })([x, x])).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/inputs] scale takes one input.
      got       a list of 2
      expected  one tensor
      fix       join the inputs first, for example with concatenate()]
  `);
  expect(() => input({ shape: [-2], name: 'pixels' })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [input/shape] input "pixels": a length is impossible.
      got       [batch, -2]
      expected  whole numbers of at least 1, or null for a length that varies
      fix       give the shape of one sample, without the batch: input({ shape: [28, 28] })]
  `);
});

test('a layer that is called on numbers says where numbers go', () => {
  expect(() => scale({ offset: 0 })(tensor([[1, 2]]) as never)).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/symbolic] scale is called on what is no part of a model.
      got       numbers
      expected  what input() or another layer gives
      fix       put it into a model and call predict: sequential([layer]).predict(x)]
  `);
});

test('a layer whose adapted copy was dropped is not used in silence', () => {
  const layer = normalization();
  const known = layer.adapt([[1], [3]]);
  expect(() => layer(input({ shape: [1] }))).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/adapted-copy] normalization is not the layer that knows the data.
      got       the layer on which adapt was called, which stays as it was
      expected  the layer that adapt gave back
      fix       keep that one and use it: const known = layer.adapt(data)]
  `);
  expect(known(input({ shape: [1] })).shape).toEqual([null, 1]);
});
