import { compile, createState, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { adam, lossScaleOptimizer, multiOptimizer, optimizerFromConfig, sgd } from './index.js';
import type { Optimizer, OptimizerState } from './index.js';

const steps = (
  optimizer: Optimizer,
  gradients: readonly number[],
): { w: number[]; scales: (number | undefined)[] } => {
  let params = [tensor([10])];
  let state = optimizer.init(params);
  const w: number[] = [];
  const scales: (number | undefined)[] = [];
  for (const g of gradients) {
    [params, state] = optimizer.update([tensor([g])], state, params);
    w.push((params[0] as Tensor).item());
    scales.push(state.shared['dynamicScale']?.item());
  }
  return { w, scales };
};

describe('lossScaleOptimizer', () => {
  const optimizer = lossScaleOptimizer({
    innerOptimizer: sgd({ learningRate: 1 }),
    initialScale: 4,
    dynamicGrowthSteps: 2,
  });

  it('unscales, leaves out broken steps, halves after them and doubles after good ones', () => {
    const { w, scales } = steps(optimizer, [4, 4, NaN, Infinity, 2, 2]);
    expect(w).toEqual([9, 8, 8, 8, 7, 6]);
    expect(scales).toEqual([4, 8, 4, 2, 2, 4]);
  });

  it('scales the loss, and counts only steps that were taken', () => {
    const params = [tensor([1])];
    const state = optimizer.init(params);
    expect(optimizer.scaleLoss(tensor(3), state).item()).toBe(12);
    const [, after] = optimizer.update([tensor([NaN])], state, params);
    expect(optimizer.iterations(after).item()).toBe(0);
  });

  it('steps alike inside compile', () => {
    const params = [tensor([1, 2])];
    const made = lossScaleOptimizer({ innerOptimizer: adam(), initialScale: 2 });
    const carry = createState({ params, optimizer: made.init(params) });
    const step = compile(
      (state: { params: Tensor[]; optimizer: OptimizerState }, g: Tensor) => {
        const [next, after] = made.update([g], state.optimizer, state.params);
        return [{ params: next, optimizer: after }, next[0] as Tensor] as const;
      },
      { carry },
    );
    const [eager] = made.update([tensor([1, -1])], made.init(params), params);
    expect((step(tensor([1, -1])) as Tensor).toArray()).toEqual(eager[0]?.toArray());
    expect((step(tensor([1, NaN])) as Tensor).toArray()).toEqual(eager[0]?.toArray());
  });

  it('is made again from its config, and from its variables', () => {
    const again = optimizerFromConfig('LossScaleOptimizer', optimizer.config);
    expect(again.config).toEqual(optimizer.config);
    const params = [tensor([1])];
    const [, state] = optimizer.update([tensor([4])], optimizer.init(params), params);
    const saved = optimizer.variables(state);
    const loaded = again.withVariables(
      again.init(params),
      saved.map((variable) => variable.tensor),
    );
    const shown = (list: readonly { path: string; tensor: Tensor }[]): unknown[] =>
      list.map(({ path, tensor: value }) => [path, value.toArray()]);
    expect(shown(again.variables(loaded))).toEqual(shown(saved));
  });

  it('refuses a loss that is scaled already', () => {
    expect(() => lossScaleOptimizer({ innerOptimizer: sgd({ lossScaleFactor: 8 }) }))
      .toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [optimizer/loss-scale] The loss would be scaled twice.
        got       an inner optimizer with lossScaleFactor 8
        expected  an inner optimizer without lossScaleFactor
        fix       leave lossScaleFactor out: the scale finds itself]
    `);
  });
});

describe('multiOptimizer', () => {
  const optimizer = multiOptimizer({
    defaultOptimizer: sgd({ learningRate: 1 }),
    optimizerMap: { 'body/.*': sgd({ learningRate: 0.5, useEma: true }) },
  });
  const names = ['body/kernel', 'head/kernel', 'body/bias'];
  const params = [tensor([0]), tensor([0]), tensor([0])];
  const g = [tensor([1]), tensor([1]), tensor([2])];

  it('lets each optimizer train its parameters', () => {
    const [next, state] = optimizer.update(g, optimizer.init(params, { names }), params, { names });
    expect(next.map((w) => w.item())).toEqual([-0.5, -1, -1]);
    expect(optimizer.iterations(state).item()).toBe(1);
    expect(optimizer.finalize(state, next, { names }).map((w) => w.item())).toEqual([-0.5, -1, -1]);
    expect(optimizer.variables(state, names).map(({ path }) => path)).toEqual([
      'multi_optimizer/iteration',
      'multi_optimizer/learning_rate',
      'sgd/iteration',
      'sgd/learning_rate',
      'sgd/body_kernel_average',
      'sgd/body_bias_average',
      'sgd/iteration',
      'sgd/learning_rate',
    ]);
  });

  it('is made again from its config', () => {
    const again = optimizerFromConfig('MultiOptimizer', optimizer.config);
    expect(again.config).toEqual(optimizer.config);
  });

  it('scales the loss for all of them', () => {
    const one = multiOptimizer({ defaultOptimizer: sgd({ learningRate: 1 }), lossScaleFactor: 4 });
    const w = [tensor([1])];
    const state = one.init(w);
    expect(one.scaleLoss(tensor(3), state).item()).toBe(12);
    expect(one.update([tensor([2])], state, w)[0][0]?.toArray()).toEqual([0.5]);
    const twice = { defaultOptimizer: sgd({ lossScaleFactor: 2 }) };
    expect(() => multiOptimizer(twice)).toThrow('optimizer/loss-scale');
  });

  it('refuses what is not clear', () => {
    const clash = multiOptimizer({
      defaultOptimizer: sgd(),
      optimizerMap: { 'a/.*': adam(), '.*/b': adam() },
    });
    expect(() => clash.init([tensor(0)], { names: ['a/b'] })).toThrow('optimizer/several');
    expect(() => multiOptimizer({ defaultOptimizer: optimizer })).toThrow('optimizer/nested');
  });
});
