import { tensor } from '@gradus/tensor';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { dense } from './dense.js';
import { operation } from './operation.js';
import { fromConfig } from './registry.js';
import { isSymbolic } from './symbolic-operations.js';
import { input } from './symbolic.js';
import type { SymbolicTensor } from './symbolic.js';

const x = input({ shape: [4, 3] });
const y = input({ shape: [4, 3] });

describe('operations between layers', () => {
  it.each<[string, SymbolicTensor, readonly (number | null)[], string]>([
    ['with a number', x.mul(2), [null, 4, 3], 'float32'],
    ['with another symbolic tensor', x.add(y), [null, 4, 3], 'float32'],
    ['with itself', x.mul(x), [null, 4, 3], 'float32'],
    ['a slice', x.slice([0, 1, 0], [-1, 2, 3]), [null, 2, 3], 'float32'],
    [
      'a far slice of an unknown length',
      input({ shape: [null] }).slice([0, 9], [-1, 5]),
      [null, 5],
      'float32',
    ],
    ['a mean', x.mean({ axis: 1 }), [null, 3], 'float32'],
    ['a reshape', x.reshape([-1, 12]), [null, 12], 'float32'],
    ['a transpose', x.transpose([0, 2, 1]), [null, 3, 4], 'float32'],
    ['a product', x.matmul(y.transpose([0, 2, 1])), [null, 4, 4], 'float32'],
    ['a comparison', x.greater(0), [null, 4, 3], 'bool'],
    ['a cast of it', x.greater(0).cast('float32'), [null, 4, 3], 'float32'],
    ['positions', x.argMax({ axis: -1 }), [null, 4], 'int32'],
    ['after a layer', dense({ units: 5 })(x).relu(), [null, 4, 5], 'float32'],
  ])('%s', (_name, result, shape, dtype) => {
    expect(isSymbolic(result)).toBe(true);
    expect(result.shape).toEqual(shape);
    expect(result.dtype).toBe(dtype);
  });

  it('compute what the methods of tensors do', () => {
    const source = x.sub(y).source;
    if (source.kind !== 'layer') throw new Error('an operation is a layer');
    const context = { training: false, key: () => tensor([0, 0], { dtype: 'int32' }) };
    const result = source.layer.call({}, [tensor([5, 1]), tensor([2, 3])], context);
    expect((result as ReturnType<typeof tensor>).toArray()).toEqual([3, -2]);
  });

  it('go through a file by name and arguments', () => {
    const layer = operation({ operation: 'clip', arguments: [{ input: 0 }, -1, 1] });
    const again = fromConfig(
      JSON.parse(JSON.stringify({ className: 'Operation', config: layer.getConfig() })),
    );
    expect(again.getConfig()).toEqual(layer.getConfig());
    expect(again.nameStem).toBe('clip');
  });

  it('take tensors with numbers, and keep them', () => {
    const { source } = x.matmul(
      tensor([
        [1, 0],
        [0, 1],
        [1, 1],
      ]),
    );
    if (source.kind !== 'layer') throw new Error('an operation is a layer');
    const again = fromConfig(
      JSON.parse(JSON.stringify({ className: 'Operation', config: source.layer.getConfig() })),
    );
    const context = { training: false, key: () => tensor([0, 0], { dtype: 'int32' }) };
    const result = again.call({}, [tensor([[1, 2, 3]])], context);
    expect((result as ReturnType<typeof tensor>).toArray()).toEqual([[4, 5]]);
  });

  it('are typed as the methods of tensors are', () => {
    expectTypeOf(x.add).parameter(0).toExtend<SymbolicTensor | number | object | boolean>();
    // @ts-expect-error: there is no such option
    x.mean({ axes: 1 });
    // @ts-expect-error: there is no such operation
    expect(x.frobnicate).toBeUndefined();
  });
});

describe('wrong use of operations', () => {
  it('names what does not broadcast', () => {
    expect(() => x.add(input({ shape: [5, 3] }))).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [operation/shape] add cannot stand here.
        got       [batch, 4, 3] and [batch, 5, 3]: [op/broadcast] add: the shapes do not broadcast together.
        expected  inputs and arguments that the operation takes
        fix       write -1 for the batch in reshape and slice; for anything else use lambda or defineLayer]
    `);
  });
  it('suggests the nearest operation', () => {
    expect(() => operation({ operation: 'multiply' as 'mul', arguments: [] })).toThrow(
      /no such operation/,
    );
  });
});
