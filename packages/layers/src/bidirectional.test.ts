import { concatenate, flip, key, randomNormal, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { bidirectional } from './bidirectional.js';
import type { MergeMode } from './bidirectional.js';
import { dense } from './dense.js';
import { gru } from './gru.js';
import { checkLayer, context, outputOf, outputsOf, parametersOf } from './layer-check.js';
import { asLayerResult } from './layer-result.js';
import { lstm } from './lstm.js';
import { fromConfig } from './registry.js';
import { rnn } from './rnn.js';
import { simpleRNN } from './simple-rnn.js';
import { simpleRNNCell } from './simple-rnn-cell.js';
import { input } from './symbolic.js';
import type { SymbolicTensor } from './symbolic.js';

const x = randomNormal(key(3), [2, 5, 4]);
const modes: readonly (MergeMode | null)[] = ['concat', 'sum', 'mul', 'ave', null];

/** What both directions give alone, the backward one put in order. */
function both(params: Readonly<Record<string, Tensor>>, sequences: boolean): [Tensor, Tensor] {
  const own = (place: string): Record<string, Tensor> =>
    Object.fromEntries(
      Object.entries(params).flatMap(([name, value]) =>
        name.startsWith(place) ? [[name.slice(place.length + 1), value]] : [],
      ),
    );
  const layer = gru({ units: 3, returnSequences: sequences });
  const z = outputOf(layer, own('backwardLayer'), flip(x, { axis: 1 }));
  return [outputOf(layer, own('forwardLayer'), x), sequences ? flip(z, { axis: 1 }) : z];
}

describe.each([true, false])('with returnSequences: %s', (returnSequences) => {
  test.each(modes)('merges by %s', (mergeMode) => {
    const layer = bidirectional({ layer: gru({ units: 3, returnSequences }), mergeMode });
    checkLayer(layer, [2, 5, 4]);
    const params = parametersOf(layer, [[2, 5, 4]]);
    const [y, z] = both(params, returnSequences);
    const expected = {
      concat: () => [concatenate([y, z], { axis: -1 })],
      sum: () => [y.add(z)],
      mul: () => [y.mul(z)],
      ave: () => [y.add(z).div(2)],
      none: () => [y, z],
    }[mergeMode ?? 'none']();
    outputsOf(layer, params, x).forEach((output, i) =>
      output.data.forEach((value, at) =>
        expect(value).toBeCloseTo(expected[i]?.data[at] as number, 5),
      ),
    );
    const mask = tensor([
      [1, 1, 0, 1, 1],
      [1, 1, 1, 1, 0],
    ]).cast('bool');
    const own = returnSequences ? mask : null;
    expect(layer.computeMask(x, mask)).toEqual(mergeMode === null ? [own, own] : own);
  });
});

test('holds what every layer must hold', () => {
  checkLayer(
    bidirectional({ layer: lstm({ units: 2, returnState: true, returnSequences: true }) }),
    [2, 5, 4],
  );
  checkLayer(
    bidirectional({ layer: simpleRNN({ units: 2, stateful: true, dropout: 0.5 }) }),
    [2, 5, 4],
  );
  checkLayer(bidirectional({ layer: rnn({ cell: simpleRNNCell({ units: 2 }) }) }), [2, 5, 4]);
  checkLayer(
    bidirectional({
      layer: lstm({ units: 2 }),
      backwardLayer: gru({ units: 3, goBackwards: true }),
    }),
    [2, 5, 4],
  );
});

test('starts both directions from the states it is given', () => {
  const layer = bidirectional({ layer: lstm({ units: 2, returnState: true }) });
  const params = parametersOf(layer, [[2, 5, 4]]);
  const initialState = [1, 2, 3, 4].map((seed) => randomNormal(key(seed), [2, 2]));
  const [y, ...states] = outputsOf(layer, params, x, { callOptions: { initialState } });
  expect(states).toHaveLength(4);
  expect(outputsOf(layer, params, x)[0]?.data).not.toEqual(y?.data);
  const changed = [
    ...initialState.slice(0, 2),
    ...[8, 9].map((seed) => randomNormal(key(seed), [2, 2])),
  ];
  const [other] = outputsOf(layer, params, x, { callOptions: { initialState: changed } });
  // Only the backward half starts elsewhere.
  const half = (of: Tensor | undefined, at: number): unknown =>
    of?.slice([0, at], [2, 2]).toArray();
  expect(half(other, 0)).toEqual(half(y, 0));
  expect(half(other, 2)).not.toEqual(half(y, 2));
});

test('remembers in both directions', () => {
  const layer = bidirectional({ layer: gru({ units: 2, stateful: true }) });
  const { state } = asLayerResult(layer.call(parametersOf(layer, [[2, 5, 4]]), x, context()));
  expect(Object.keys(state)).toEqual(['forwardLayer/state0', 'backwardLayer/state0']);
});

test('gives zeros at masked steps of a sequence', () => {
  const layer = bidirectional({ layer: gru({ units: 2, returnSequences: true }) });
  const mask = tensor([
    [1, 0, 1, 1, 0],
    [1, 1, 1, 1, 1],
  ]).cast('bool');
  const y = outputOf(layer, parametersOf(layer, [[2, 5, 4]]), x, {
    mask,
  }).toArray() as number[][][];
  expect(y[0]?.[1]).toEqual([0, 0, 0, 0]);
  expect(y[0]?.[4]).toEqual([0, 0, 0, 0]);
});

test('is read from a file with its merge mode, null too', () => {
  const layer = bidirectional({ layer: gru({ units: 2 }), mergeMode: null });
  const config = JSON.parse(JSON.stringify(layer.getConfig())) as never;
  expect(fromConfig({ className: 'Bidirectional', config }).options['mergeMode']).toBe(null);
});

test('types tell how many outputs there are', () => {
  const sequence = input({ shape: [5, 4] });
  expectTypeOf(
    bidirectional({ layer: gru({ units: 2 }) })(sequence),
  ).toEqualTypeOf<SymbolicTensor>();
  expectTypeOf(
    bidirectional({ layer: gru({ units: 2 }), mergeMode: null })(sequence),
  ).toEqualTypeOf<readonly SymbolicTensor[]>();
  expectTypeOf(
    bidirectional({ layer: gru({ units: 2, returnState: true }) })(sequence),
  ).toEqualTypeOf<readonly SymbolicTensor[]>();
});

test('what does not go together is refused', () => {
  expect(() => bidirectional({ layer: dense({ units: 2 }), name: 'both' }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [bidirectional/layer] bidirectional "both": layer is no recurrent layer.
      got       Dense
      expected  lstm, gru, simpleRNN, rnn or a convolutional LSTM
      fix       bidirectional({ layer: lstm({ units: 8 }) })]
  `);
  expect(() => bidirectional({ layer: gru({ units: 2 }), backwardLayer: gru({ units: 2 }) }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [bidirectional/direction] bidirectional: one layer must read forwards and the other backwards.
      got       goBackwards: false in both
      expected  layer with goBackwards: false, backwardLayer with goBackwards: true]
  `);
  expect(() =>
    bidirectional({
      layer: gru({ units: 2 }),
      backwardLayer: gru({ units: 2, goBackwards: true, returnSequences: true }),
    }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [bidirectional/options] bidirectional: both layers must have the same returnSequences.
      got       returnSequences: false forwards, true backwards
      expected  the same
      fix       give backwardLayer returnSequences: false]
  `);
  expect(() =>
    // @ts-expect-error there is no such mode
    bidirectional({ layer: gru({ units: 2 }), mergeMode: 'add' }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] bidirectional: mergeMode is impossible.
      got       mergeMode: "add"
      expected  'concat' or 'sum' or 'mul' or 'ave'
      fix       did you mean 'ave'?]
  `);
  expect(() => bidirectional({ layer: gru({ units: 2 }), name: 'both' })(input({ shape: [4] })))
    .toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [layer/rank] bidirectional "both" takes sequences.
        got       [batch, 4], which has 2 axes
        expected  [batch, steps, ...]
        fix       give it sequences, or make each number a step: reshape({ targetShape: [4, 1] })]
    `);
});
