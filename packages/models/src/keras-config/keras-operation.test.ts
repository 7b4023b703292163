import type { NestedArray, Tensor } from '@gradus/tensor';
import { tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { UnsupportedKerasError, fromKerasConfig } from './index.js';

const node = (name: string, index = 0): object => ({
  class_name: '__keras_tensor__',
  config: { keras_history: [name, 0, index] },
});
const x = node('x');
const y = node('y');
const range = (start: number | null, stop: number | null, step: number | null = null): object => ({
  class_name: '__slice__',
  config: { start, stop, step },
});
const rest = { class_name: '__ellipsis__', config: {} };

/** What an operation makes of x = [[1, -2, 3]] and y = [[4, 5, 6]], or of others. */
interface Given {
  readonly args?: readonly unknown[];
  readonly kwargs?: object;
  readonly config?: object;
  readonly x?: NestedArray;
  /** The length of the axes without the batch, where it varies. */
  readonly shape?: readonly (number | null)[];
  readonly index?: number;
}

function results(className: string, given: Given): Tensor {
  const values = { x: tensor(given.x ?? [[1, -2, 3]]), y: tensor([[4, 5, 6]]) };
  const inputLayer = (name: 'x' | 'y'): object => ({
    class_name: 'InputLayer',
    name,
    config: {
      name,
      batch_shape: [
        null,
        ...((name === 'x' ? given.shape : undefined) ?? values[name].shape.slice(1)),
      ],
      dtype: 'float32',
    },
    inbound_nodes: [],
  });
  const model = fromKerasConfig({
    class_name: 'Functional',
    config: {
      name: 'one_operation',
      layers: [
        inputLayer('x'),
        inputLayer('y'),
        {
          module: 'keras.src.ops.numpy',
          class_name: className,
          name: 'op',
          config: { name: 'op', ...given.config },
          inbound_nodes: [{ args: given.args ?? [x], kwargs: given.kwargs ?? {} }],
        },
      ],
      input_layers: [
        ['x', 0, 0],
        ['y', 0, 0],
      ],
      output_layers: ['op', 0, given.index ?? 0],
    },
  });
  return model.predict([values.x, values.y]);
}

describe('operations of Keras', () => {
  it.each<[string, Given, unknown]>([
    ['Add', { args: [x, y] }, [[5, 3, 9]]],
    ['Add', { args: [x, [1, 2, 3]] }, [[2, 0, 6]]],
    ['Subtract', { args: [1, x] }, [[0, 3, -2]]],
    ['TrueDivide', { args: [x, 2] }, [[0.5, -1, 1.5]]],
    ['FloorDivide', { args: [x, 2] }, [[0, -1, 1]]],
    ['Mod', { args: [x, 3] }, [[1, 1, 0]]],
    [
      'LogicalXor',
      { args: [x, { class_name: '__tensor__', config: { value: [[0, 1, 0]], dtype: 'float32' } }] },
      [[true, false, true]],
    ],
    ['Where', { args: [x, y, 0] }, [[4, 5, 6]]],
    ['Clip', { config: { x_min: -1, x_max: 2 } }, [[1, -1, 2]]],
    ['Round', { x: [[0.5, 1.5, -1.2]], config: { decimals: 0 } }, [[0, 2, -1]]],
    ['LeakyRelu', { config: { negative_slope: 0.5 } }, [[1, -1, 3]]],
    ['Softmax', { x: [[0, 0]], config: { axis: -1 } }, [[0.5, 0.5]]],
    ['Sum', { config: { axis: [1], keepdims: true } }, [[2]]],
    ['Max', { config: { axis: [1], keepdims: false, initial: null } }, [3]],
    ['Argmax', { config: { axis: 1, keepdims: false } }, [2]],
    ['Argmin', { config: { axis: -1, keepdims: true } }, [[1]]],
    [
      'Stack',
      { args: [[x, y]], config: { axis: 1 } },
      [
        [
          [1, -2, 3],
          [4, 5, 6],
        ],
      ],
    ],
    ['Concatenate', { args: [[x, y]], config: { axis: 1 } }, [[1, -2, 3, 4, 5, 6]]],
    ['Tile', { config: { repeats: [1, 2] } }, [[1, -2, 3, 1, -2, 3]]],
    ['Repeat', { config: { repeats: 2, axis: 1 } }, [[1, 1, -2, -2, 3, 3]]],
    ['Flip', { config: { axis: 1 } }, [[3, -2, 1]]],
    ['Roll', { config: { shift: 1, axis: 1 } }, [[3, 1, -2]]],
    [
      'Pad',
      {
        config: {
          pad_width: [
            [0, 0],
            [1, 0],
          ],
          mode: 'constant',
        },
        kwargs: { constant_values: 7 },
      },
      [[7, 1, -2, 3]],
    ],
    ['Cumsum', { config: { axis: 1, dtype: null } }, [[1, -1, 2]]],
    ['Take', { args: [x, [2, 0]], config: { axis: 1 } }, [[3, 1]]],
    [
      'OneHot',
      { x: [[2, 0]], config: { num_classes: 3, axis: -1, dtype: 'float32' } },
      [
        [
          [0, 0, 1],
          [1, 0, 0],
        ],
      ],
    ],
    ['Einsum', { args: [x, y], config: { subscripts: 'bi,bi->b' } }, [12]],
    ['ExpandDims', { config: { axis: 1 } }, [[[1, -2, 3]]]],
    [
      'Swapaxes',
      {
        x: [
          [
            [1, 2],
            [3, 4],
          ],
        ],
        config: { axis1: 1, axis2: -1 },
      },
      [
        [
          [1, 3],
          [2, 4],
        ],
      ],
    ],
    [
      'Moveaxis',
      { x: [[[1, 2, 3]]], config: { source: [-1], destination: [1] } },
      [[[1], [2], [3]]],
    ],
    ['Split', { config: { indices_or_sections: [1], axis: 1 }, index: 1 }, [[-2, 3]]],
    ['Unstack', { config: { num: null, axis: 1 }, index: 2 }, [3]],
    ['Cast', { config: { dtype: 'bool' } }, [[true, true, true]]],
  ])('%s of %j', (className, given, expected) => {
    expect(results(className, given).toArray()).toEqual(expected);
  });

  const row = [[10, 11, 12, 13, 14]];
  it.each<[string, unknown, unknown]>([
    ['x[:, 1]', [range(null, null), 1], [11]],
    ['x[:, -1]', [range(null, null), -1], [14]],
    ['x[..., -1]', [rest, -1], [14]],
    ['x[:, 1:3]', [range(null, null), range(1, 3)], [[11, 12]]],
    ['x[:, 1:-1]', [range(null, null), range(1, -1)], [[11, 12, 13]]],
    ['x[:, -2:]', [range(null, null), range(-2, null)], [[13, 14]]],
    ['x[:, ::2]', [range(null, null), range(null, null, 2)], [[10, 12, 14]]],
    ['x[:, 1:4:2]', [range(null, null), range(1, 4, 2)], [[11, 13]]],
    ['x[:, ::-1]', [range(null, null), range(null, null, -1)], [[14, 13, 12, 11, 10]]],
    ['x[:, -2::-2]', [range(null, null), range(-2, null, -2)], [[13, 11]]],
    ['x[:, None]', [range(null, null), null], [row[0]].map((values) => [values])],
    ['x[..., None]', [rest, null], [[[10], [11], [12], [13], [14]]]],
    ['x[:]', range(null, null), row],
  ])('GetItem %s, also where the axis has no fixed length', (_name, key, expected) => {
    for (const shape of [[5], [null]])
      expect(results('GetItem', { args: [x, key], x: row, shape }).toArray()).toEqual(expected);
  });

  it.each<[string, unknown, unknown]>([
    ['x[:, 3:1:-1]', [range(null, null), range(3, 1, -1)], [[13, 12]]],
    ['x[:, 3:99]', [range(null, null), range(3, 99)], [[13, 14]]],
    ['x[:, -99:2]', [range(null, null), range(-99, 2)], [[10, 11]]],
    ['x[:, -4:-2]', [range(null, null), range(-4, -2)], [[11, 12]]],
  ])('GetItem %s', (_name, key, expected) => {
    expect(results('GetItem', { args: [x, key], x: row }).toArray()).toEqual(expected);
  });

  it.each<[string, Given]>([
    ['Histogram', {}],
    ['Max', { config: { axis: [1], initial: 3 } }],
    [
      'Pad',
      {
        config: {
          pad_width: [
            [0, 0],
            [1, 1],
          ],
          mode: 'reflect',
        },
      },
    ],
    ['Round', { config: { decimals: 2 } }],
    ['GetItem', { args: [x, y] }],
  ])('refuses %s of %j by name', (className, given) => {
    expect(() => results(className, given)).toThrow(UnsupportedKerasError);
    expect(() => results(className, given)).toThrow(new RegExp(className));
  });
});
