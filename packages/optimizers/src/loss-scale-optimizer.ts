import { ValueError, all, isFinite, tensor, where } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { checkGradients } from './check-gradients.js';
import { pathPrefix } from './define-optimizer.js';
import type { Optimizer, OptimizerState, ParameterInfo } from './optimizer.js';
import { sameLength } from './optimizer.js';
import { putVariables } from './variables.js';

/** Options of `lossScaleOptimizer`. */
export interface LossScaleOptions {
  /** What takes the steps. Its own `lossScaleFactor` must be null. */
  readonly innerOptimizer: Optimizer;
  /** What the loss is multiplied by at first. Default 32768. */
  readonly initialScale?: number;
  /** Good steps after which the scale doubles. Default 2000. */
  readonly dynamicGrowthSteps?: number;
  readonly name?: string;
}

/** Of two states with one structure, the first where the condition holds. */
function choose(condition: Tensor, after: OptimizerState, before: OptimizerState): OptimizerState {
  const pick = <T>(x: T, y: T): T => {
    if (x === y || x === undefined) return y;
    if (Array.isArray(x)) return x.map((item, i) => pick(item, (y as unknown[])[i])) as T;
    if (isTensor(x)) return where(condition, x, y as Tensor) as T;
    return Object.fromEntries(
      Object.entries(x as object).map(([key, item]) => [key, pick(item, y[key as keyof T])]),
    ) as T;
  };
  return pick(after, before);
}

const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && 'dtype' in value && 'shape' in value;

/**
 * Multiplies the loss, so that small gradients do not vanish, and divides the gradients again. The scale finds itself: it
 * halves when a gradient is infinite or NaN (that step is left out) and doubles after many good steps.
 *
 * @param options `innerOptimizer`; `initialScale` 32768, `dynamicGrowthSteps` 2000.
 * @throws ValueError when the inner optimizer scales the loss itself.
 * @example
 * const optimizer = lossScaleOptimizer({ innerOptimizer: sgd({ learningRate: 1 }), initialScale: 4 });
 * const w = [tensor([1])];
 * const state = optimizer.init(w);
 * optimizer.update([tensor([2])], state, w)[0][0].toArray(); // => [0.5]
 * @see P. Micikevicius et al., Mixed Precision Training, 2017.
 */
export function lossScaleOptimizer(options: LossScaleOptions): Optimizer {
  const { innerOptimizer: inner, initialScale = 32768, dynamicGrowthSteps = 2000 } = options;
  const { name = 'lossScaleOptimizer' } = options;
  if ((inner.config['lossScaleFactor'] ?? null) !== null)
    throw new ValueError('optimizer/loss-scale', 'The loss would be scaled twice.', {
      got: `an inner optimizer with lossScaleFactor ${String(inner.config['lossScaleFactor'])}`,
      expected: 'an inner optimizer without lossScaleFactor',
      fix: 'leave lossScaleFactor out: the scale finds itself',
    });
  const prefix = pathPrefix('LossScaleOptimizer', name, 'lossScaleOptimizer');
  const innerOf = (state: OptimizerState): OptimizerState => state.inner?.[0] as OptimizerState;
  const partOf = (state: OptimizerState, key: 'stepCounter' | 'dynamicScale'): Tensor =>
    state.shared[key] as Tensor;
  const listOwn = (state: OptimizerState) => [
    { path: `${prefix}/iteration`, tensor: state.iteration },
    { path: `${prefix}/learning_rate`, tensor: state.learningRate as Tensor },
    { path: `${prefix}/step_counter`, tensor: partOf(state, 'stepCounter') },
    { path: `${prefix}/dynamic_scale`, tensor: partOf(state, 'dynamicScale') },
  ];
  return Object.freeze<Optimizer>({
    className: 'LossScaleOptimizer',
    name,
    config: Object.freeze({
      name,
      innerOptimizer: { className: inner.className, config: inner.config },
      initialScale,
      dynamicGrowthSteps,
    }),
    learningRate: inner.learningRate,
    init: (params: readonly Tensor[], info?: ParameterInfo): OptimizerState => ({
      // Keras keeps these two for every optimizer, and never uses them here.
      iteration: tensor(0, { dtype: 'int32' }),
      learningRate: tensor(0, { dtype: 'float32' }),
      slots: {},
      shared: {
        stepCounter: tensor(0, { dtype: 'int32' }),
        dynamicScale: tensor(initialScale, { dtype: 'float32' }),
      },
      inner: [inner.init(params, info)],
    }),
    update: (gradients, state, params, info = {}) => {
      checkGradients('LossScaleOptimizer', gradients, params, info.names);
      const scale = partOf(state, 'dynamicScale');
      const present = gradients.flatMap((g) => (g === null ? [] : [all(isFinite(g))]));
      const finite = present.reduce((both, one) => both.and(one), tensor(true));
      const unscaled = gradients.map((g) => g?.div(scale) ?? null);
      const [stepped, after] = inner.update(unscaled, innerOf(state), params, info);
      const counter = partOf(state, 'stepCounter');
      const isFull = counter.equal(dynamicGrowthSteps - 1);
      return [
        sameLength(
          params,
          stepped.map((w, i) => (w === params[i] ? w : where(finite, w, params[i] as Tensor))),
        ),
        {
          ...state,
          shared: {
            stepCounter: where(finite.and(isFull.not()), counter.add(1), 0).cast('int32'),
            dynamicScale: where(finite, where(isFull, scale.mul(2), scale), scale.mul(0.5)),
          },
          inner: [choose(finite, after, innerOf(state))],
        },
      ];
    },
    currentLearningRate: (state) => inner.currentLearningRate(innerOf(state)),
    withLearningRate: (state, rate) => ({
      ...state,
      inner: [inner.withLearningRate(innerOf(state), rate)],
    }),
    scaleLoss: (loss, state) => loss.mul(partOf(state, 'dynamicScale')),
    iterations: (state) => inner.iterations(innerOf(state)),
    finalize: (state, params, info) => inner.finalize(innerOf(state), params, info),
    variables: (state, names) => [...listOwn(state), ...inner.variables(innerOf(state), names)],
    withVariables: (state, tensors) => {
      const own = listOwn(state);
      const [iteration, learningRate, stepCounter, dynamicScale] = putVariables(
        own.map(({ tensor: value }) => value),
        tensors.slice(0, own.length),
      ) as [Tensor, Tensor, Tensor, Tensor];
      return {
        ...state,
        iteration,
        learningRate,
        shared: { stepCounter, dynamicScale },
        inner: [inner.withVariables(innerOf(state), tensors.slice(own.length))],
      };
    },
  });
}
