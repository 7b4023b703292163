import { grad, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { adafactor, muon, scheduleFreeAdamW } from './index.js';
import type { Optimizer } from './index.js';

const goal = tensor([
  [1, -2, 0.5],
  [0, 3, -1],
]);
const loss = (w: Tensor): Tensor => w.sub(goal).square().mean();

const lossAfter = (optimizer: Optimizer, count: number): number => {
  let params = [goal.mul(0.1)];
  let state = optimizer.init(params, { names: ['dense/kernel'] });
  for (let i = 0; i < count; i++)
    [params, state] = optimizer.update([grad(loss)(params[0] as Tensor)], state, params);
  return loss(params[0] as Tensor).item();
};

describe('adafactor, muon and schedule-free AdamW', () => {
  it.each([
    ['adafactor', adafactor({ learningRate: 0.5 })],
    ['muon', muon({ learningRate: 0.2, weightDecay: 0 })],
    ['scheduleFreeAdamW', scheduleFreeAdamW({ learningRate: 0.1 })],
  ] as const)('%s finds the minimum', (_, optimizer) => {
    expect(lossAfter(optimizer, 200)).toBeLessThan(0.02);
  });

  it('muon trains matrices with one slot, and all else with the two of Adam', () => {
    const params = [tensor([[1, 2]]), tensor([1]), tensor([[1]]), tensor([[1]])];
    const names = ['dense/kernel', 'dense/bias', 'my_embedding/table', 'head/kernel'];
    const optimizer = muon({ excludeLayers: ['^head'] });
    const paths = optimizer
      .variables(optimizer.init(params, { names }), names)
      .map(({ path }) => path.replace('muon/', ''));
    expect(paths.slice(2)).toEqual([
      'dense_kernel_momentum',
      'dense_bias_momentum',
      'dense_bias_velocity',
      'my_embedding_table_momentum',
      'my_embedding_table_velocity',
      'head_kernel_momentum',
      'head_kernel_velocity',
    ]);
  });

  it('adafactor remembers rows and columns of a matrix', () => {
    const optimizer = adafactor();
    const { slots } = optimizer.init([goal, tensor([1])]);
    expect(slots['row']?.map(({ shape }) => shape)).toEqual([[2], []]);
    expect(slots['column']?.map(({ shape }) => shape)).toEqual([[3], []]);
  });
});
