import { dense, defineLayer, embedding, flatten, input, registerLayer } from '@gradus/layers';
import type {
  CallOptions,
  Layer,
  LayerFactory,
  LayerOptions,
  SymbolicShape,
  SymbolicTensor,
} from '@gradus/layers';
import { Tensor, tensor } from '@gradus/tensor';
import { describe, expect, it, vi } from 'vitest';
import { model } from './functional.js';
import { modelFromBytes } from './load.js';
import { sequential } from './sequential.js';

/** Adds what the call hands over to the input, and gives both the sum and the input's masked sum. */
const shift: LayerFactory<
  readonly [options?: LayerOptions],
  Layer<readonly SymbolicTensor[]>
> = defineLayer({
  className: 'TestShift',
  callOptions: ['initialState'],
  supportsMask: true,
  call(_params, x, _options, { mask = null, callOptions = {} }) {
    const start = callOptions.initialState as Tensor | null | undefined;
    const kept = mask === null ? x : x.mul(mask.cast('float32').expandDims(-1));
    return [start ? x.add(start) : x, kept.sum({ axis: 1 })];
  },
  outputShape: (_options, shape) => [shape, [shape[0] ?? null, shape[2] ?? null]],
});
registerLayer(shift);

/** A model whose input is a table of indices with an empty entry, and a number to shift by. */
function build(options: (start: SymbolicTensor, mask: SymbolicTensor) => CallOptions) {
  const x = input({ shape: [3], dtype: 'int32', name: 'x' });
  const start = input({ shape: [1, 2], name: 'start' });
  const mask = input({ shape: [3], dtype: 'bool', name: 'mask' });
  const table = embedding({
    inputDim: 3,
    outputDim: 2,
    maskZero: true,
    embeddingsInitializer: 'ones',
  });
  const [all, sums] = shift()(table(x), options(start, mask)) as [SymbolicTensor, SymbolicTensor];
  return model({ inputs: { x, start, mask }, outputs: { all, sums } });
}

const data = { x: tensor([[1, 2, 0]]), start: tensor([[[10, 20]]]), mask: tensor([[1, 0, 0]]) };

function predict(m: ReturnType<typeof build>): { all: number[]; sums: number[] } {
  const { all, sums } = m.predict<{ all: Tensor; sums: Tensor }>(data) as never as {
    all: Tensor;
    sums: Tensor;
  };
  return { all: Array.from(all.data), sums: Array.from(sums.data) };
}

describe('call options', () => {
  it('hands the mask that came with the input to a call without other tensors', () => {
    const x = input({ shape: [3], dtype: 'int32' });
    const table = embedding({
      inputDim: 3,
      outputDim: 2,
      maskZero: true,
      embeddingsInitializer: 'ones',
    });
    const [, sums] = shift()(table(x)) as [SymbolicTensor, SymbolicTensor];
    const m = model({ inputs: x, outputs: sums });
    expect(m.predict(data.x).toArray()).toEqual([[2, 2]]);
  });

  it('lets a call say a mask and other tensors', () => {
    const { all, sums } = predict(build((initialState, mask) => ({ initialState, mask })));
    expect(all).toEqual([11, 21, 11, 21, 11, 21]);
    expect(sums).toEqual([1, 1]);
  });

  it('drops the mask of the input beside other tensors, as Keras 3.15.1 does', () => {
    const x = input({ shape: [3], dtype: 'int32' });
    const start = input({ shape: [1, 2] });
    const table = embedding({
      inputDim: 3,
      outputDim: 2,
      maskZero: true,
      embeddingsInitializer: 'ones',
    });
    const [, sums] = shift()(table(x), { initialState: start }) as [SymbolicTensor, SymbolicTensor];
    const m = model({ inputs: [x, start], outputs: sums });
    expect(m.predict([data.x, data.start]).toArray()).toEqual([[3, 3]]);
  });

  it('keeps them in a saved model', () => {
    const m = build((initialState, mask) => ({ initialState, mask }));
    expect(predict(modelFromBytes(m.toBytes()) as never)).toEqual(predict(m));
  });

  it('warns once when a mask ends at a layer that does not know masks', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const x = input({ shape: [3], dtype: 'int32' });
    const y = flatten({ name: 'flat' })(
      embedding({ inputDim: 3, outputDim: 2, maskZero: true })(x),
    );
    const m = model({ inputs: x, outputs: dense({ units: 1 })(y) });
    m.predict(data.x);
    m.trace(data.x);
    expect(warn.mock.calls).toEqual([
      [
        'Layer "flat" (Flatten) does not support masks, so the mask of its input ends here: layers behind it count masked steps too.',
      ],
    ]);
    warn.mockRestore();
  });

  it('refuses names that the layer does not take', () => {
    const x = input({ shape: [3, 2] });
    const wrong = { intialState: x } as never;
    expect(() => shift({ name: 'moved' })(x, wrong)).toThrowErrorMatchingInlineSnapshot(`
      [NameError: [layer/call-option] A call of testShift "moved" takes no 'intialState'.
        got       'intialState'
        expected  initialState, mask, training
        fix       did you mean 'initialState'?]
    `);
  });

  it('holds a call to the mode that it asks for', () => {
    const seen: boolean[] = [];
    const spy = defineLayer({
      className: 'TestMode',
      call: (_params, x, _options, { training }) => {
        seen.push(training);
        return x;
      },
    });
    const x = input({ shape: [2] });
    const inner = sequential([spy({ name: 'inside' })], { inputShape: [2] });
    const outputs = dense({ units: 1 })(inner(spy({ name: 'mode' })(x), { training: false }));
    const m = model({ inputs: x, outputs }).compile({ loss: 'mse' });
    m.trainOnBatch(tensor([[1, 2]]), tensor([[1]]));
    expect(seen).toEqual([true, false]);
  });

  it('does not put a layer with several outputs into a sequence', () => {
    const layer = shift() as unknown as Layer;
    expect(() => sequential([layer], { inputShape: [3, 2] as SymbolicShape, name: 'row' }))
      .toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [sequential/outputs] Model "row" takes layers with one output.
        got       TestShift with 2 outputs
        expected  one output, which the next layer takes
        fix       put a graph together instead: model({ inputs, outputs })]
    `);
  });
});
