import * as ops from '@gradus/tensor';
import { compile, createState, grad, tensor } from '@gradus/tensor';
import type { Tensor, Tree } from '@gradus/tensor';
import { referenceBackend } from '@gradus/tensor/backend';
import { describe, expect, it } from 'vitest';
import { createBackend } from '../backend.js';
import { probeFeatures } from '../engine/features.js';

const backend = createBackend(probeFeatures({ threads: false, wide: false }));

function draw(name: string, shape: readonly number[]): Tensor {
  return ops.randomUniform(ops.foldIn(ops.key(5), name), shape, { low: -2, high: 2 });
}

/** Names of the kernels that a function becomes, in order. */
function kernels(fn: (...args: Tensor[]) => Tree, ...args: readonly Tensor[]): string[] {
  const lines = compile(fn, { backend })
    .explain(...args)
    .split('\n');
  return lines.slice(1, lines.indexOf('')).map((line) => line.split(' ')[0] as string);
}

function expectSame(fn: (...args: Tensor[]) => Tensor, ...args: readonly Tensor[]): void {
  const got = compile(fn, { backend })(...args);
  const want = compile(fn, { backend: referenceBackend })(...args);
  expect(got.shape).toEqual(want.shape);
  got.data.forEach((value, i) => {
    const wanted = want.data[i] as number;
    if (Number.isNaN(wanted)) expect(value).toBeNaN();
    else if (!Number.isFinite(wanted)) expect(value).toBe(wanted);
    // Long sums are added up in float32 here, and in float64 by the reference.
    else expect(Math.abs(value - wanted)).toBeLessThanOrEqual(1e-4 * Math.max(1, Math.abs(wanted)));
  });
}

const layerNorm = (x: Tensor, scale: Tensor): Tensor => {
  const centred = x.sub(x.mean({ axis: -1, keepDims: true }));
  const variance = centred.square().mean({ axis: -1, keepDims: true });
  return centred.mul(ops.rsqrt(variance.add(1e-3))).mul(scale);
};

const crossEntropy = (logits: Tensor, labels: Tensor): Tensor =>
  ops.logSoftmax(logits, { axis: -1 }).mul(labels).sum({ axis: -1 }).neg().mean();

describe('what comes out as one loop', () => {
  const x = draw('x', [64, 100]);
  const scale = draw('scale', [100]);

  it('a chain of elementwise operations with broadcasting', () => {
    const chain = (a: Tensor, b: Tensor): Tensor => a.mul(b).add(1).tanh().mul(a).sub(b);
    expect(kernels(chain, x, scale)).toEqual(['loop']);
    expectSame(chain, x, scale);
  });

  it('softmax', () => {
    expect(kernels((a) => ops.softmax(a, { axis: -1 }), x)).toEqual(['loop']);
    expectSame((a) => ops.softmax(a, { axis: -1 }), x);
  });

  it('layer normalisation', () => {
    expect(kernels(layerNorm, x, scale)).toEqual(['loop']);
    expectSame(layerNorm, x, scale);
  });

  it('the gradient of layer normalisation for its input', () => {
    const slope = grad((a: Tensor, s: Tensor) => layerNorm(a, s).tanh().sum());
    expect(kernels(slope, x, scale)).toEqual(['loop']);
    expectSame(slope, x, scale);
  });

  it('cross-entropy with its gradient', () => {
    const labels = ops.oneHot(ops.randomInt(ops.key(2), [64], { low: 0, high: 100 }), 100);
    const slope = grad((logits: Tensor) => crossEntropy(logits, labels));
    expect(kernels(slope, x)).toEqual(['loop']);
    expectSame(slope, x);
  });

  it('the updates of several parameters that do not depend on each other', () => {
    const update = (a: Tensor, b: Tensor, g: Tensor, h: Tensor): Tensor[] => [
      a.sub(g.mul(0.1)),
      b.sub(h.mul(0.1)),
    ];
    const [a, b] = [draw('a', [50]), draw('b', [7, 3])];
    expect(kernels(update, a, b, a, b)).toEqual(['loops']);
  });
});

describe('what a loop reads through strides instead of copying', () => {
  const x = draw('x', [6, 10]);
  it.each<[string, (a: Tensor) => Tensor]>([
    ['a transpose', (a) => a.transpose().add(1)],
    ['a slice', (a) => ops.slice(a, [1, 2], [4, 7]).mul(2)],
    ['a flip', (a) => ops.flip(a, { axis: 1 }).exp()],
    [
      'a flip of a slice of a transpose',
      (a) => ops.flip(ops.slice(a.transpose(), [2, 1], [5, 3]), { axis: 0 }).neg(),
    ],
    ['a broadcast of a row', (a) => ops.broadcastTo(ops.slice(a, [0, 0], [1, 10]), [6, 10]).add(a)],
  ])('%s', (_name, fn) => {
    expect(kernels(fn, x)).toEqual(['loop']);
    expectSame(fn, x);
  });
});

describe('reductions', () => {
  it.each([
    [[5], 0],
    [[70_001], 0],
    [[3, 5, 7], 1],
    [[3, 5, 7], 2],
    [[40_000, 3], 0],
    [[4, 9000, 2], 1],
    [[300, 257], 1],
    [[300, 257], 0],
  ] as const)('of %j over axis %i, and over all', (shape, axis) => {
    const x = draw('x', shape);
    for (const fn of [ops.sum, ops.max, ops.min]) {
      expectSame((a) => fn(a, { axis }), x);
      expectSame((a) => fn(a), x);
    }
  });

  it('of maxima let a NaN win', () => {
    const values = Array.from({ length: 37 }, (_, i) => (i === 20 ? Number.NaN : i));
    expectSame((a) => ops.max(a), tensor(values));
    expectSame((a) => ops.min(a.reshape([1, 37]), { axis: 1 }), tensor(values));
  });
});

describe('carried memory', () => {
  it('is updated where it lies, without a copy', () => {
    const state = createState({ w: draw('w', [100]) }, { backend });
    const step = compile((s: { w: Tensor }, g: Tensor) => [{ w: s.w.sub(g) }, []], {
      carry: state,
    });
    expect(step.explain(draw('g', [100]))).not.toContain('at the end');
  });

  it('turns magnitudes below 1e-30 to 0: subnormal numbers would slow every later step', () => {
    const state = createState({ m: tensor([1e-20, 1, Number.NaN, -1e-20]) }, { backend });
    const decay = compile((s: { m: Tensor }) => [{ m: s.m.mul(1e-12) }, []], { carry: state });
    decay();
    expect(Array.from(state.read().m.data)).toEqual([0, Math.fround(1e-12), Number.NaN, 0]);
  });
});
