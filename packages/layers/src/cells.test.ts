import { key, randomNormal, stack, tensor, zeros } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, test } from 'vitest';
import { gruCell } from './gru-cell.js';
import { gru } from './gru.js';
import { checkLayer, outputOf, outputsOf, parametersOf } from './layer-check.js';
import { lstmCell } from './lstm-cell.js';
import { lstm } from './lstm.js';
import type { LayerOptions } from './layer.js';
import { defineCell } from './recurrent-cell.js';
import { fromConfig, registerLayer } from './registry.js';
import { rnn } from './rnn.js';
import { simpleRNNCell } from './simple-rnn-cell.js';
import { simpleRNN } from './simple-rnn.js';
import { stackedRNNCells } from './stacked-rnn-cells.js';
import { input } from './symbolic.js';

/** Halves what it remembers before it adds. */
const decayCell = defineCell({
  className: 'DecayCell',
  resolve: ({ rate = 0.5 }: LayerOptions & { readonly rate?: number }) => ({ rate }),
  build: () => ({}),
  stateShapes: (_options, [, units]) => [[units ?? 1]],
  step: (_params, x, [h], { rate }) => {
    const next = (h as Tensor).mul(rate).add(x);
    return { output: next, states: [next] };
  },
});
registerLayer(decayCell);

const x = randomNormal(key(3), [2, 5, 4]);

describe.each([
  ['simpleRNNCell', simpleRNNCell({ units: 3 }), simpleRNN({ units: 3 })],
  ['lstmCell', lstmCell({ units: 3 }), lstm({ units: 3 })],
  ['gruCell', gruCell({ units: 3 }), gru({ units: 3 })],
  [
    'gruCell with reset before',
    gruCell({ units: 3, resetAfter: false }),
    gru({ units: 3, resetAfter: false }),
  ],
])('%s', (_name, cell, layer) => {
  const stateShapes = cell.cell.stateShapes([2, 4]).map((shape) => [2, ...shape]);

  test('holds what every layer must hold', () => {
    checkLayer(cell, [2, 4], ...stateShapes);
  });

  test('does by hand what the layer does', () => {
    const params = parametersOf(cell, [[2, 4]]);
    const outer = Object.fromEntries(
      Object.entries(params).map(([name, value]) => [`cell/${name}`, value]),
    );
    let states = stateShapes.map((shape) => zeros(shape));
    let y = zeros([2, 3]);
    for (let step = 0; step < 5; step++) {
      const one = x.slice([0, step, 0], [2, 1, 4]).squeeze(1);
      [y, ...states] = outputsOf(cell, params, [one, ...states]) as [Tensor, ...Tensor[]];
    }
    for (const by of [layer, rnn({ cell })])
      outputOf(by, outer, x).data.forEach((value, i) =>
        expect(value).toBeCloseTo(y.data[i] as number, 5),
      );
  });
});

describe('stackedRNNCells', () => {
  const stacked = (): ReturnType<typeof stackedRNNCells> =>
    stackedRNNCells({ cells: [lstmCell({ units: 3 }), gruCell({ units: 2, dropout: 0.2 })] });

  test('holds what every layer must hold', () => {
    checkLayer(stacked(), [2, 4], [2, 3], [2, 3], [2, 2]);
    checkLayer(rnn({ cell: stacked(), returnSequences: true, returnState: true }), [2, 5, 4]);
  });

  test('is as good as a layer on a layer', () => {
    const cells = [lstmCell({ units: 3 }), gruCell({ units: 2 })];
    const layer = rnn({ cell: cells });
    const params = parametersOf(layer, [[2, 5, 4]]);
    const of = (index: number): Record<string, Tensor> =>
      Object.fromEntries(
        Object.entries(params)
          .filter(([name]) => name.startsWith(`cell/cells/${index}/`))
          .map(([name, value]) => [name.replace(`cells/${index}/`, ''), value]),
      );
    const inner = outputOf(lstm({ units: 3, returnSequences: true }), of(0), x);
    const outer = outputOf(gru({ units: 2 }), of(1), inner);
    outputOf(layer, params, x).data.forEach((value, i) =>
      expect(value).toBeCloseTo(outer.data[i] as number, 5),
    );
  });

  test('repeats at masked steps the output of its last cell', () => {
    const layer = rnn({ cell: stacked(), returnSequences: true });
    const params = parametersOf(layer, [[2, 5, 4]]);
    const mask = tensor([
      [1, 0, 1, 1, 0],
      [1, 1, 0, 0, 1],
    ]).cast('bool');
    const y = outputOf(layer, params, x, { mask }).toArray() as number[][][];
    expect(y[0]?.[1]).toEqual(y[0]?.[0]);
    expect(y[0]?.[4]).toEqual(y[0]?.[3]);
    expect(y[1]?.[3]).toEqual(y[1]?.[1]);
  });

  test('takes its states in a row or cell by cell', () => {
    const layer = rnn({ cell: [lstmCell({ units: 3 }), gruCell({ units: 2 })] });
    const params = parametersOf(layer, [[2, 5, 4]]);
    const [h, c, g] = [3, 3, 2].map((units, i) => randomNormal(key(i), [2, units])) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const inRow = outputOf(layer, params, x, { callOptions: { initialState: [h, c, g] } });
    const byCell = outputOf(layer, params, x, { callOptions: { initialState: [[h, c], [g]] } });
    expect(byCell.data).toEqual(inRow.data);
    expect(outputOf(layer, params, x).data).not.toEqual(inRow.data);
  });
});

describe('cells of your own', () => {
  test('run like the others', () => {
    const layer = rnn({ cell: decayCell({ rate: 0.25 }), returnSequences: true });
    checkLayer(layer, [2, 5, 4]);
    const y = outputOf(layer, {}, stack([tensor([[4], [0], [0]])]));
    expect(y.toArray()).toEqual([[[4], [1], [0.25]]]);
    const again = fromConfig({ className: 'RNN', config: layer.getConfig() });
    expect(outputOf(again, {}, stack([tensor([[4], [0], [0]])])).data).toEqual(y.data);
  });
});

test('what is no cell is refused', () => {
  // @ts-expect-error an LSTM is a layer over sequences, no cell
  expect(() => rnn({ cell: lstm({ units: 3 }) })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [recurrent/cell] rnn takes a cell.
      got       LSTM
      expected  lstmCell, gruCell, simpleRNNCell, a list of them, or one made with defineCell
      fix       rnn({ cell: lstmCell({ units: 8 }) })]
  `);
  expect(() => stackedRNNCells({ cells: [], name: 'tower' })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [recurrent/cells] stackedRNNCells "tower" takes a list of cells.
      got       []
      expected  at least one cell, such as lstmCell or one made with defineCell
      fix       stackedRNNCells({ cells: [lstmCell({ units: 8 }), lstmCell({ units: 4 })] })]
  `);
  expect(() => gruCell({ units: 0 })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] gruCell: units is impossible.
      got       units: 0
      expected  a whole number of at least 1
      fix       for example units: 1]
  `);
  const states = [input({ shape: [3] }), input({ shape: [2] })] as const;
  expect(() =>
    outputsOf(lstmCell({ units: 3 }), parametersOf(lstmCell({ units: 3 }), [[2, 4]]), [
      zeros([2, 4]),
      zeros([2, 3]),
    ]),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [recurrent/states] lstmCell starts from states of other shapes.
      got       [2, 3]
      expected  [batch, 3], [batch, 3]
      fix       give one tensor per state, [batch, ...] each: { initialState: [h, c] }]
  `);
  expect(() => lstmCell({ units: 3 })([input({ shape: [5, 4] }), ...states])).toThrow(
    /lstmCell takes inputs with 2 axes/,
  );
  expect(() => lstmCell({ units: 3 })([input({ shape: [4] }), ...states]))
    .toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [recurrent/states] lstmCell starts from states of other shapes.
        got       [batch, 3], [batch, 2]
        expected  [batch, 3], [batch, 3]
        fix       give one tensor per state, [batch, ...] each: { initialState: [h, c] }]
    `);
});
