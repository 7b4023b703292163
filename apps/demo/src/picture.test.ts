import { dense, input } from '@gradus/layers';
import { sequential } from '@gradus/models';
import { tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { brightness, drawSvg, drawText, hasColour, lookInside } from './picture.js';

const model = sequential([
  input({ shape: [2] }),
  dense({ units: 3, activation: 'relu', name: 'hidden' }),
  dense({ units: 1, name: 'output' }),
]);
model.setWeights([
  tensor([
    [1, -1, 0],
    [0, 0, 0.5],
  ]),
  tensor([0, 0, 0]),
  tensor([[2], [1], [-4]]),
  tensor([0.5]),
]);
const layers = lookInside(model, tensor([[4, 2]]));

test('the look inside finds activations and weights of every layer', () => {
  expect(layers).toEqual([
    { name: 'inputs', values: [4, 2] },
    {
      name: 'hidden',
      values: [4, 0, 1],
      weights: [
        [1, -1, 0],
        [0, 0, 0.5],
      ],
    },
    { name: 'output', values: [4.5], weights: [[2], [1], [-4]] },
  ]);
});

test('brightness goes from black to white', () => {
  expect(brightness([4, 0, 1])).toEqual([1, 0, 0.25]);
  expect(brightness([-1, 0, 3])).toEqual([0, 0.25, 1]);
  expect(brightness([-1, -3])).toEqual([2 / 3, 0]);
  expect(brightness([0, 0])).toEqual([0, 0]);
});

test('the terminal shows numbers with and without colour', () => {
  const plain = drawText(layers, false);
  expect(plain).not.toContain('\u001b');
  expect(plain).toContain('hidden  █   4.00     0.00 ░   1.00');
  const coloured = drawText(layers, true);
  expect(coloured).toContain('\u001b[48;2;255;255;255m\u001b[38;2;0;0;0m   4.00');
  expect(coloured).toContain('\u001b[48;2;64;64;64m\u001b[38;2;255;255;255m   1.00');
});

test('colour follows NO_COLOR, FORCE_COLOR and the terminal', () => {
  expect(hasColour({}, true)).toBe(true);
  expect(hasColour({}, false)).toBe(false);
  expect(hasColour({ NO_COLOR: '1', FORCE_COLOR: '1' }, true)).toBe(false);
  expect(hasColour({ FORCE_COLOR: '1' }, false)).toBe(true);
});

test('the SVG has a disc per neuron and a line per weight', () => {
  const svg = drawSvg(layers, 'a < b');
  expect(svg.match(/<circle/g)).toHaveLength(6);
  expect(svg.match(/<line/g)).toHaveLength(9);
  expect(svg).toContain('fill="rgb(64,64,64)"');
  expect(svg).toContain('a &lt; b');
  expect(svg).not.toContain('NaN');
});
