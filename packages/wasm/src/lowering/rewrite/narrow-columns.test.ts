import * as ops from '@gradus/tensor';
import { compile, valueAndGrad } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { referenceBackend } from '@gradus/tensor/backend';
import type { Backend } from '@gradus/tensor/backend';
import { describe, expect, it } from 'vitest';
import { createBackend } from '../../backend.js';
import { probeFeatures } from '../../engine/features.js';

const fast = createBackend(probeFeatures({ threads: false, wide: false }));

function draw(name: string, shape: readonly number[]): Tensor {
  return ops.randomUniform(ops.foldIn(ops.key(9), name), shape, { low: -1, high: 1 });
}

/** A network of two layers with its loss, its predictions and all gradients. */
function network(rows: number, inner: number, width: number, outputs: number) {
  const params = [
    draw('w1', [inner, width]),
    draw('b1', [width]),
    draw('w2', [width, outputs]),
    draw('b2', [outputs]),
  ];
  const data = [draw('x', [rows, inner]), draw('y', [rows, outputs])] as const;
  const forward = (list: readonly Tensor[], x: Tensor): Tensor => {
    const [w1, b1, w2, b2] = list as readonly [Tensor, Tensor, Tensor, Tensor];
    return ops.relu(x.matmul(w1).add(b1)).matmul(w2).add(b2);
  };
  const step = (...args: readonly Tensor[]): Tensor[] => {
    const [x, y] = args.slice(4) as [Tensor, Tensor];
    const loss = (list: readonly Tensor[]): Tensor => forward(list, x).sub(y).square().mean();
    const [value, slopes] = valueAndGrad(loss as never)(args.slice(0, 4) as never) as unknown as [
      Tensor,
      readonly Tensor[],
    ];
    return [
      value,
      ...slopes,
      forward(args.slice(0, 4), x),
      x
        .matmul(args[0] as Tensor)
        .tanh()
        .sum({ axis: 1 }),
    ];
  };
  const args = [...params, ...data];
  const run = (backend: Backend): Tensor[] => compile(step, { backend })(...args);
  return { run, explain: () => compile(step, { backend: fast }).explain(...args) };
}

describe('networks of a few units', () => {
  it.each([
    [16, 3, 4, 1],
    [33, 1, 1, 1],
    [100, 8, 8, 2],
    [1001, 5, 2, 8],
    [9000, 3, 4, 1],
    [200, 2, 3, 9],
    [200, 9, 3, 1],
  ])('%i rows, %i to %i to %i: as the reference', (rows, inner, width, outputs) => {
    const { run } = network(rows, inner, width, outputs);
    const want = run(referenceBackend);
    run(fast).forEach((value, i) => {
      const wanted = want[i] as Tensor;
      expect(value.shape).toEqual(wanted.shape);
      value.data.forEach((number, at) => {
        const right = wanted.data[at] as number;
        expect(Math.abs(number - right)).toBeLessThanOrEqual(1e-4 * Math.max(1, Math.abs(right)));
      });
    });
  });

  it('run in one pass over the data, without products of matrices', () => {
    const text = network(9000, 3, 4, 1).explain();
    expect(text).not.toMatch(/^matmul/m);
    expect(text.match(/^loop.* 9000/gm)).toHaveLength(1);
  });
});
