import { expect, it } from 'vitest';
import { asLayerResult } from './layer-result.js';
import {
  activation,
  add,
  dense,
  dropout,
  flatten,
  input,
  masking,
  rescaling,
  reshape,
} from './index.js';

// What programs without types do.
const untyped =
  (make: unknown, ...args: readonly unknown[]) =>
  (): unknown =>
    (make as (...args: readonly unknown[]) => unknown)(...args);

it('wants options by name, before the input', () => {
  const x = input({ shape: [2] });
  expect(untyped(dense, 3)).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/options] dense takes its options by name, in one object.
      got       3
      expected  an object
      fix       dense({ option: value })]
  `);
  expect(untyped(activation, 'relu')).toThrow("got       'relu'");
  expect(untyped(dropout, null)).toThrow('layer/options');
  expect(untyped(flatten, x)).toThrow('flatten({ ... })(x)');
  expect(untyped(add, [x, x])).toThrow('add({ ... })([a, b])');
});

it('tells which activation is none', () => {
  expect(untyped(activation, {})).toThrow('activation/kind');
  expect(untyped(dense, { units: 3, activation: 5 })).toThrow('got       5');
});

it('tells which numbers are none', () => {
  expect(untyped(reshape, {})).toThrow('reshape/target');
  expect(untyped(reshape, { targetShape: 3 })).toThrow('got       3');
  expect(untyped(rescaling, {})).toThrow('rescaling: scale is impossible');
  expect(untyped(rescaling, { scale: 1, offset: 'a' })).toThrow('offset: "a"');
  expect(untyped(masking, { maskValue: 'a' })).toThrow('masking: maskValue');
  expect(rescaling({ scale: [1, 2] }).options['scale']).toEqual([1, 2]);
});

it('tells which input is none', () => {
  expect(untyped(input, {})).toThrow('input: shape is a list');
  expect(untyped(input, { shape: 3, name: 'a' })).toThrow('input({ shape: [3] })');
  expect(untyped(input, { shape: [3], dtype: 'floot' })).toThrow('input/dtype');
});

it('wants a tensor of every call', () => {
  expect(untyped(asLayerResult, undefined)).toThrow('layer/result');
});
