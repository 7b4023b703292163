import { expect, test } from 'vitest';
import { OnnxModel } from './onnx-model.mjs';

test('names, shapes and attributes are the fields of the protocol buffer', () => {
  const model = new OnnxModel();
  const x = model.input('x', [300]);
  model.node('Softmax', [x], { axis: 1 }, 'y');
  model.output('y', [300]);
  const hex = model.build().toString('hex');
  // A value: its name, then a tensor type of float and one dimension; 300 in base 128 is ac 02.
  const typed = '120b0a0908011205' + '0a0308ac02';
  expect(hex).toContain(`5a100a0178${typed}`);
  expect(hex).toContain(`62100a0179${typed}`);
  // An attribute: name "axis", the whole number 1, and 2 for "a whole number".
  expect(hex).toContain('2a0b' + '0a0461786973' + '1801' + 'a00102');
  // Version 7 of the format first, operators of version 13 last.
  expect(hex).toMatch(/^0807.*4202100d$/);
});

test('lists are attributes with one field per number', () => {
  const model = new OnnxModel();
  model.node('MaxPool', ['x'], { strides: [2, 3] }, 'y');
  expect(model.build().toString('hex')).toContain('0a0773747269646573' + '40024003' + 'a00107');
});

test('constants hold their numbers as they lie in memory', () => {
  const model = new OnnxModel();
  const name = model.constant(Float32Array.of(1, -2), [2]);
  model.node('Relu', [name], {}, 'y');
  model.output('y', [2]);
  expect(model.build().toString('hex')).toContain('0000803f000000c0');
});
