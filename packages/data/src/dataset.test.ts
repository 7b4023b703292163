import { Tensor, tensor } from '@gradus/tensor';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Dataset } from './dataset.js';
import { dataset } from './dataset.js';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const rows = (data: Dataset<Tensor>, epoch = 0): number[][] =>
  [...data.batches({ size: 1000, epoch })].map((batch) => Array.from(batch.data));

function* samples(): Generator<{ x: number[]; y: number }> {
  for (let i = 0; i < 5; i++) yield { x: [i, -i], y: 2 * i };
}

describe('rows in memory', () => {
  it('takes tensors, typed arrays and nested arrays, in any tree', () => {
    const data = dataset({
      x: {
        a: [
          [1, 2],
          [3, 4],
        ],
        b: new Float32Array(2),
      },
      y: tensor([[1], [2]]),
      list: [tensor([1, 2]), tensor([3, 4])],
      sampleWeight: undefined,
    });
    const [batch] = [...data.batches()];
    expect(data.size).toBe(2);
    expect(batch?.x.a.toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(batch?.list[1]?.toArray()).toEqual([3, 4]);
    expect(Object.keys(batch ?? {})).toEqual(['x', 'y', 'list']);
    expectTypeOf(batch?.x.b).toEqualTypeOf<Tensor | undefined>();
  });

  it('takes objects whose type is an interface', () => {
    interface Rows {
      readonly x: Tensor;
      readonly sampleWeight?: Tensor;
    }
    const source: Rows = { x: tensor([1, 2]) };
    const [batch] = dataset(source).batch(2);
    expect(batch?.x.shape).toEqual([2]);
    expectTypeOf(batch?.sampleWeight).toEqualTypeOf<Tensor | undefined>();
  });

  it('cuts batches of neighbours without copying', () => {
    const memory = Float32Array.from(numbers(10));
    const batches = [...dataset({ x: memory }).batch(4)];
    expect(batches.map(({ x }) => Array.from(x.data))).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
    expect(batches.every(({ x }) => x.data.buffer === memory.buffer)).toBe(true);
  });

  it('drops a remainder only when asked', () => {
    const data = dataset(numbers(10));
    expect(data.batch(4).size).toBe(3);
    expect(data.batch(4, { dropRemainder: true }).size).toBe(2);
    expect([...data.batch(4, { dropRemainder: true })]).toHaveLength(2);
    expect([...data.batches({ size: 4, dropRemainder: true })]).toHaveLength(2);
  });

  it('shuffles rows together, every epoch anew, and the same for the same seed', () => {
    const data = dataset({ x: numbers(100).map((i) => [i, i]), y: numbers(100) }).shuffle({
      seed: 5,
    });
    const order = (epoch: number): number[] =>
      [...data.batches({ size: 7, epoch })].flatMap(({ y }) => Array.from(y.data));
    expect(order(0)).not.toEqual(numbers(100));
    expect([...order(0)].sort((a, b) => a - b)).toEqual(numbers(100));
    expect(order(1)).not.toEqual(order(0));
    expect(order(1)).toEqual(order(1));
    for (const { x, y } of data.batches())
      expect(x.toArray()).toEqual(Array.from(y.data, (i) => [i, i]));
    expect(rows(dataset(numbers(100)).shuffle({ seed: 6 }))).not.toEqual([order(0)]);
  });

  it('keeps one order when eachEpoch is false', () => {
    const data = dataset(numbers(50)).shuffle({ eachEpoch: false });
    expect(rows(data, 3)).toEqual(rows(data, 0));
  });

  it('takes, skips and repeats rows, before and after a shuffle', () => {
    const data = dataset(numbers(6));
    expect(rows(data.skip(1).take(3))).toEqual([[1, 2, 3]]);
    expect(rows(data.take(2).repeat(2))).toEqual([[0, 1, 0, 1]]);
    expect(data.skip(4).take(9).size).toBe(2);
    expect(rows(data.take(0))).toEqual([]);
    const shuffled = data.shuffle({ seed: 1 });
    expect([...rows(shuffled.take(4)).flat(), ...rows(shuffled.skip(4)).flat()]).toEqual(
      rows(shuffled).flat(),
    );
    const twice = rows(shuffled.repeat(2)).flat();
    expect(twice.slice(0, 6)).not.toEqual(twice.slice(6));
  });

  it('repeats forever, with batches across the seam', () => {
    const data = dataset(numbers(3)).repeat();
    expect(data.size).toBe(Infinity);
    expect([...data.batch(2).take(3)].map((batch) => Array.from(batch.data))).toEqual([
      [0, 1],
      [2, 0],
      [1, 2],
    ]);
  });

  it('gathers into the same memory when batches may be reused', () => {
    const data = dataset({ x: numbers(10).map((i) => [i, 10 * i]) }).shuffle({ seed: 2 });
    const buffers = new Set<unknown>();
    const seen: number[] = [];
    for (const { x } of data.batches({ size: 4, reuse: true })) {
      buffers.add(x.data.buffer);
      seen.push(...Array.from(x.data).filter((_, i) => i % 2 === 0));
    }
    expect(buffers.size).toBe(1);
    expect(
      [...data.batches({ size: 4 })].flatMap(({ x }) =>
        Array.from(x.data).filter((_, i) => i % 2 === 0),
      ),
    ).toEqual(seen);
  });

  it('does not let a shuffle of batches see reused memory', () => {
    const data = dataset(numbers(8)).shuffle({ seed: 1 }).batch(2).shuffle({ seed: 3 });
    const seen: number[] = [];
    for (const batch of data.batches({ reuse: true })) seen.push(...batch.data);
    expect(seen.sort()).toEqual(numbers(8));
  });

  it('maps rows and batches, and stays synchronous', () => {
    const data = dataset({ x: [1, 2, 3] });
    expect([...data.map(({ x }) => ({ x: x.item() })).batches()]).toHaveLength(1);
    const shapes = [...data.batch(2).map(({ x }) => x.shape)];
    expectTypeOf(shapes).toEqualTypeOf<(readonly number[])[]>();
    expect(shapes).toEqual([[2], [1]]);
  });

  it('batches anew', () => {
    expect(
      [...dataset(numbers(5)).batch(2).batch(3)].map((batch) => Array.from(batch.data)),
    ).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
  });

  it('gives all rows as one batch', () => {
    expect(
      dataset({ y: [3, 4] })
        .toTensors()
        .y.toArray(),
    ).toEqual([3, 4]);
    expect(() => dataset([1]).batch(1).toTensors()).toThrow('data/stream');
  });

  it('keeps dtypes', () => {
    const [batch] = dataset({ a: Int32Array.of(1, 2), b: [true, false] })
      .shuffle({ seed: 1 })
      .batch(2);
    expect([batch?.a.dtype, batch?.b.dtype]).toEqual(['int32', 'bool']);
  });
});

describe('streams', () => {
  const stacked = [
    {
      x: [
        [0, -0],
        [1, -1],
      ],
      y: [0, 2],
    },
    {
      x: [
        [2, -2],
        [3, -3],
      ],
      y: [4, 6],
    },
    { x: [[4, -4]], y: [8] },
  ];
  const plain = ({ x, y }: { x: Tensor; y: Tensor }): unknown => ({
    x: x.toArray(),
    y: y.toArray(),
  });

  it('reads a generator function anew for every pass', () => {
    const data = dataset(samples).batch(2);
    expect([...data].map(plain)).toEqual(stacked);
    expect([...data].map(plain)).toEqual(stacked);
    expect(data.size).toBeUndefined();
  });

  it('reads lists of samples, iterables and async iterables', async () => {
    const list = dataset([...samples()]);
    expect(list.size).toBe(5);
    expect([...list.batch(2)].map(plain)).toEqual(stacked);
    expect([...dataset(new Set(samples())).batch(2)].map(plain)).toEqual(stacked);
    const slow = dataset(async function* () {
      for (const sample of samples()) {
        await Promise.resolve();
        yield sample;
      }
    });
    const seen: unknown[] = [];
    for await (const batch of slow.skip(0).batches({ size: 2 })) seen.push(plain(batch));
    expect(seen).toEqual(stacked);
  });

  it('takes batches as they come', () => {
    const batches = function* (): Generator<{ x: number[] }> {
      yield { x: [1, 2] };
      yield { x: [3] };
    };
    const data = dataset(batches, { batched: true, size: 2 });
    expect([...data.batches()].map(({ x }) => x.shape)).toEqual([[2], [1]]);
    expect([...data.batch(3)].map(({ x }) => x.toArray())).toEqual([[1, 2, 3]]);
  });

  it('awaits an asynchronous map', async () => {
    const data = dataset([1, 2])
      .batch(1)
      .map(async (x) => (await Promise.resolve(x)).item());
    const seen: number[] = [];
    for await (const value of data) seen.push(value);
    expect(seen).toEqual([1, 2]);
  });

  it('shuffles within a window, each element once', () => {
    const data = dataset(samples).repeat(20).shuffle({ seed: 1, windowSize: 16 });
    const order = (epoch: number): number[] =>
      [...data.batches({ size: 100, epoch })].flatMap(({ y }) => Array.from(y.data));
    expect([...order(0)].sort((a, b) => a - b)).toEqual(
      [0, 2, 4, 6, 8].flatMap((y) => Array<number>(20).fill(y)),
    );
    expect(order(0)).toEqual(order(0));
    expect(order(0)).not.toEqual(order(1));
  });

  it('closes the source when the reader stops early', () => {
    let closed = 0;
    const data = dataset(function* () {
      try {
        for (let i = 0; ; i++) yield { x: [i] };
      } finally {
        closed++;
      }
    });
    expect([...data.batch(2).take(3)]).toHaveLength(3);
    for (const _ of data.batch(1)) break;
    expect(closed).toBe(2);
  });

  it('does not repeat an empty source forever', () => {
    expect([...dataset(new Set<{ x: number }>()).repeat()]).toEqual([]);
  });

  it('passes on errors of the source', async () => {
    const data = dataset(async function* (): AsyncGenerator<number[]> {
      yield [1];
      throw new Error('connection lost');
    });
    await expect(async () => {
      for await (const _ of data.batch(4)) break;
    }).rejects.toThrow('connection lost');
  });
});

describe('errors', () => {
  it('names the parts with different lengths', () => {
    expect(() => dataset({ x: [[1], [2], [3]], y: [1, 2] })).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [data/lengths] The parts of a dataset must have one row for each sample.
        got       'x' with 3 rows, 'y' with 2 rows
        expected  the same number of rows everywhere
        fix       check that no part was cut or filtered without the others]
    `);
  });

  it('recognises a flat table', () => {
    expect(() => dataset({ x: new Float32Array(6), y: [1, 2] })).toThrow(
      "if 'x' is a flat table, say so: tensor(array, { shape: [2, 3] })",
    );
  });

  it('refuses data without rows', () => {
    expect(() => dataset({ x: [], y: [] })).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [data/empty] 'x' has no rows.
        got       []
        expected  at least one row
        fix       look at where the data were read or filtered]
    `);
    expect(() => dataset({ x: new Float32Array(0) })).toThrow('data/empty');
    expect(() => dataset({})).toThrow('data/empty');
    expect(() => dataset({ x: tensor(1) })).toThrow('data/scalar');
  });

  it('refuses text', () => {
    // @ts-expect-error text is no data tree
    expect(() => dataset({ x: [1, 2], name: ['a', 'b'] })).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [data/text] 'name' holds text, and a tensor holds numbers.
        got       "a"
        expected  numbers
        fix       turn categories into numbers with labelEncoder() or oneHotEncoder(), text with a text layer such as textVectorization(), or a whole table with tabular()]
    `);
  });

  it('refuses samples that do not stack', () => {
    const ragged = function* (): Generator<{ x: number[] }> {
      yield { x: [1, 2] };
      yield { x: [1, 2, 3] };
    };
    expect(() => [...dataset(ragged).batch(2)]).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [data/ragged] Sample 1 does not fit into a batch.
        got       'x' of shape [3]
        expected  shape [2], like sample 0
        fix       bring all samples to one shape with map() before batch(), or use batch(1)]
    `);
  });

  it('refuses a second reading of what can be read once', () => {
    const data = dataset(samples()).batch(2);
    expect([...data]).toHaveLength(3);
    expect(() => [...data]).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [data/used-up] This source can be read only once, and it has been read.
        got       an iterator (a generator that was already called)
        expected  something that starts anew for every epoch
        fix       pass the generator function itself: dataset(samples), not dataset(samples())]
    `);
  });

  it('refuses synchronous reading of asynchronous data', () => {
    const data = dataset(async function* () {
      yield [1];
    });
    expect(() => [...data]).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [data/asynchronous] These data arrive over time, so they cannot be iterated at once.
        got       for … of over an asynchronous source
        expected  for await … of
        fix       write for await (const batch of data)]
    `);
  });

  it('refuses odd counts', () => {
    const data = dataset([1, 2]);
    expect(() => data.batch(0)).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [data/batch] batch() takes a whole number.
        got       0
        expected  a whole number, 1 or more]
    `);
    expect(() => data.take(-1)).toThrow('data/take');
    expect(() => data.repeat(1.5)).toThrow('data/repeat');
  });
});
