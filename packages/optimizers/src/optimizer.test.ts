import { compile, createState, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import {
  adam,
  cosineDecay,
  defineOptimizer,
  optimizerFromConfig,
  piecewiseConstantDecay,
  sgd,
} from './index.js';
import type { Optimizer, OptimizerState } from './index.js';

function threeSteps(optimizer: Optimizer): number[] {
  let params = [tensor([1, -2, 3])];
  let state = optimizer.init(params);
  for (const k of [1, 2, 3])
    [params, state] = optimizer.update([tensor([0.1 * k, 0.2 * k, -0.3 * k])], state, params);
  return Array.from((params[0] as Tensor).data);
}

describe('weights of Keras after three steps', () => {
  it.each([
    ['SGD', {}, [0.9400001, -2.12, 3.18]],
    ['SGD', { momentum: 0.9 }, [0.9049, -2.1902, 3.2853]],
    ['SGD', { momentum: 0.9, nesterov: true }, [0.85441, -2.29118, 3.43677]],
    ['RMSprop', {}, [0.1390137, -2.861001, 3.861004]],
    ['RMSprop', { momentum: 0.9, centered: true }, [-0.7958587, -3.795903, 4.795911]],
    ['Adam', {}, [0.7076889, -2.292314, 3.292315]],
    ['Adam', { amsgrad: true }, [0.7076889, -2.292314, 3.292315]],
    ['AdamW', {}, [0.7066081, -2.289796, 3.288597]],
    ['Adagrad', {}, [0.8569719, -2.200337, 3.226903]],
    ['Adadelta', {}, [0.9994624, -2.000538, 3.000538]],
    ['Adamax', {}, [0.7546808, -2.245319, 3.245319]],
    ['Nadam', {}, [0.7067677, -2.293232, 3.293232]],
    ['Ftrl', {}, [-0.09649075, -0.5100283, 1.050475]],
    ['Lion', {}, [0.6999999, -2.3, 3.3]],
    ['Lamb', {}, [0.3079202, -2.69208, 3.69208]],
    ['Adam', { clipnorm: 0.1 }, [0.700029, -2.299985, 3.299989]],
    ['Adam', { weightDecay: 0.01 }, [0.7049885, -2.286023, 3.283027]],
  ])('%s %j', (className, options, want) => {
    const got = threeSteps(optimizerFromConfig(className, { learningRate: 0.1, ...options }));
    want.forEach((value, index) => expect(got[index]).toBeCloseTo(value, 5));
  });
});

describe('options', () => {
  const make = (options: object) => (): unknown => adam(options);

  it('are known by name', () => {
    expect(make({ lr: 0.1 })).toThrow("did you mean 'learningRate'?");
    expect(make({ beta_1: 0.8 })).toThrow("did you mean 'beta1'?");
    expect(() => sgd({ nestorov: true } as object)).toThrow("did you mean 'nesterov'?");
  });

  it('of schedules are numbers', () => {
    const wrong = (options: object) => (): unknown => cosineDecay(options as never);
    expect(wrong({ initial_learning_rate: 0.1, decaySteps: 3 })).toThrow(
      'CosineDecay: initialLearningRate is impossible',
    );
    expect(wrong({ initialLearningRate: 0.1, decaySteps: 0 })).toThrow('a number above 0');
    expect(wrong({ initialLearningRate: 'a', decaySteps: 3 })).toThrow("initialLearningRate: 'a'");
    expect(() => piecewiseConstantDecay({} as never)).toThrow('two lists of numbers');
  });

  it('are numbers in their range', () => {
    expect(make({ learningRate: 'a' })).toThrowErrorMatchingInlineSnapshot(`
      [ValueError: [optimizer/option] The optimizer option learningRate is out of its range.
        got       'a'
        expected  a finite number or a schedule
        fix       set learningRate to a finite number or a schedule, or leave it out]
    `);
    expect(make({ learningRate: NaN })).toThrow('got       NaN');
    expect(make({ learningRate: cosineDecay })).toThrow('got       a function');
    expect(make({ beta1: 2 })).toThrow('The optimizer option beta1');
    expect(make({ clipnorm: -1 })).toThrow('a number of at least 0');
    expect(make({ weightDecay: NaN })).toThrow('weightDecay');
  });
});

describe('contract', () => {
  it('steps alike inside compile, with the state carried', () => {
    for (const name of ['sgd', 'adam', 'rmsprop', 'nadam', 'lamb']) {
      const optimizer = optimizerFromConfig(name, { useEma: true, gradientAccumulationSteps: 2 });
      const w = [tensor([1, 2])];
      const g = [tensor([0.5, -1])];
      const carry = createState({ params: w, optimizer: optimizer.init(w) });
      const step = compile(
        (state: { params: Tensor[]; optimizer: OptimizerState }, gradient: Tensor) => {
          const [params, next] = optimizer.update([gradient], state.optimizer, state.params);
          return [{ params, optimizer: next }, params[0] as Tensor] as const;
        },
        { carry },
      );
      let params = w;
      let state = optimizer.init(w);
      for (let k = 0; k < 4; k++) {
        [params, state] = optimizer.update(g, state, params);
        const compiled = step(g[0] as Tensor) as Tensor;
        compiled.data.forEach((value, index) =>
          expect(value).toBeCloseTo((params[0] as Tensor).data[index] as number, 6),
        );
      }
    }
  });
  it('has a learning rate that can be changed between steps', () => {
    const optimizer = sgd({ learningRate: 1 });
    const w = [tensor([0])];
    const state = optimizer.withLearningRate(optimizer.init(w), 0.25);
    expect(optimizer.update([tensor([1])], state, w)[0][0]?.toArray()).toEqual([-0.25]);
  });
  it('follows a schedule, which then cannot be set', () => {
    const optimizer = sgd({
      learningRate: piecewiseConstantDecay({ boundaries: [0], values: [1, 0.5] }),
    });
    const w = [tensor([0])];
    const [next, state] = optimizer.update([tensor([1])], optimizer.init(w), w);
    expect(optimizer.update([tensor([1])], state, next)[0][0]?.toArray()).toEqual([-1.5]);
    expect(() => optimizer.withLearningRate(state, 1)).toThrow('optimizer/schedule');
  });
  it('lists its variables in the order of the files', () => {
    const optimizer = adam({ amsgrad: true });
    const paths = optimizer
      .variables(optimizer.init([tensor([1]), tensor([1])]), ['d/kernel', 'd/bias'])
      .map(({ path }) => path);
    expect(paths).toEqual([
      'adam/iteration',
      'adam/learning_rate',
      'adam/d_kernel_momentum',
      'adam/d_kernel_velocity',
      'adam/d_bias_momentum',
      'adam/d_bias_velocity',
      'adam/d_kernel_velocity_hat',
      'adam/d_bias_velocity_hat',
    ]);
  });
  it('a config makes the same optimizer again, schedule included', () => {
    const optimizer = adam({
      beta1: 0.8,
      learningRate: cosineDecay({ initialLearningRate: 0.1, decaySteps: 10 }),
    });
    expect(optimizerFromConfig(optimizer.className, optimizer.config).config).toEqual(
      optimizer.config,
    );
  });
  it('a custom optimizer is one rule', () => {
    const signDescent = defineOptimizer({
      className: 'SignDescent',
      name: 'signDescent',
      options: {},
      defaultLearningRate: 1,
      slotGroups: [],
      update: (g, w, slots, { learningRate }) => ({ w: w.sub(g.sign().mul(learningRate)), slots }),
    });
    const w = [tensor([3])];
    expect(signDescent.update([tensor([7])], signDescent.init(w), w)[0][0]?.toArray()).toEqual([2]);
  });
});

describe('errors teach', () => {
  it('two clips', () =>
    expect(() => sgd({ clipnorm: 1, clipvalue: 1 })).toThrow('keep clipnorm and remove the rest'));
  it('an unknown name', () =>
    expect(() => optimizerFromConfig('adaam')).toThrow("did you mean 'adam'?"));
  it('a gradient of another shape', () => {
    const w = [tensor([1, 2])];
    expect(() => sgd().update([tensor([1])], sgd().init(w), w, { names: ['dense/bias'] }))
      .toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: [optimizer/shape] SGD got a gradient of another shape than its parameter.
        got       [1] for dense/bias
        expected  [2]
        fix       give gradients in the order of the parameters]
    `);
  });
});
