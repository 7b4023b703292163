import { ValueError, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { checkGradients } from './check-gradients.js';
import { pathPrefix } from './define-optimizer.js';
import type { Optimizer, OptimizerState, ParameterInfo } from './optimizer.js';
import { sameLength } from './optimizer.js';
import { putVariables } from './variables.js';

/** Options of `multiOptimizer`. */
export interface MultiOptimizerOptions {
  /** Trains what no entry of `optimizerMap` names. */
  readonly defaultOptimizer: Optimizer;
  /** Optimizers by the path of a parameter, or by a regular expression that fits the whole path. Default none. */
  readonly optimizerMap?: Readonly<Record<string, Optimizer>>;
  /** What the loss is multiplied by; gradients are divided by it. Instead of those of the optimizers inside. Default null. */
  readonly lossScaleFactor?: number | null;
  readonly name?: string;
}

/**
 * Several optimizers in one: each trains the parameters whose paths it is given. A new head learns fast on a body that
 * learns slowly, for instance. A learning rate belongs to one of the optimizers, so it cannot be set here.
 *
 * @throws ValueError for an optimizer inside that leads others, and for a path that two entries fit.
 * @example
 * multiOptimizer({ defaultOptimizer: sgd(), optimizerMap: { 'encoder/.*': adam() } });
 */
export function multiOptimizer(options: MultiOptimizerOptions): Optimizer {
  const { defaultOptimizer, optimizerMap = {}, name = 'multiOptimizer' } = options;
  const factor = options.lossScaleFactor ?? null;
  const optimizers = [...new Set([...Object.values(optimizerMap), defaultOptimizer])];
  const scaled = optimizers.find(({ config }) => (config['lossScaleFactor'] ?? null) !== null);
  if (scaled !== undefined)
    throw new ValueError('optimizer/loss-scale', 'One loss has one scale.', {
      got: `${scaled.className} with lossScaleFactor ${String(scaled.config['lossScaleFactor'])}`,
      expected: 'optimizers without lossScaleFactor',
      fix: 'give lossScaleFactor to multiOptimizer',
    });
  for (const { className } of optimizers)
    if (className === 'LossScaleOptimizer' || className === 'MultiOptimizer')
      throw new ValueError('optimizer/nested', `${className} cannot be one of several.`, {
        got: `${className} inside multiOptimizer`,
        expected: 'optimizers that train parameters themselves',
        fix: 'give the optimizer that is inside of it',
      });
  const prefix = pathPrefix('MultiOptimizer', name, 'multiOptimizer');

  /** Which of the optimizers trains a parameter. */
  const indexOf = (path = ''): number => {
    const exact = optimizerMap[path];
    if (exact !== undefined) return optimizers.indexOf(exact);
    const fitting = Object.keys(optimizerMap).filter((pattern) =>
      new RegExp(`^(?:${pattern})$`).test(path),
    );
    if (fitting.length > 1)
      throw new ValueError('optimizer/several', `Several optimizers would train "${path}".`, {
        got: fitting.join(', '),
        expected: 'one pattern that fits',
        fix: 'make the patterns exclude each other',
      });
    const [pattern] = fitting;
    return optimizers.indexOf(
      pattern === undefined ? defaultOptimizer : (optimizerMap[pattern] as Optimizer),
    );
  };

  /** Positions of the parameters of each optimizer. */
  const divide = (count: number, names: readonly string[] | undefined): number[][] => {
    const owners = Array.from({ length: count }, (_, i) => indexOf(names?.[i]));
    return optimizers.map((_, k) => owners.flatMap((owner, i) => (owner === k ? [i] : [])));
  };
  const at = <T>(list: readonly T[], positions: readonly number[]): T[] =>
    positions.map((i) => list[i] as T);
  const infoOf = (info: ParameterInfo, positions: readonly number[]): ParameterInfo => ({
    ...(info.names === undefined ? {} : { names: at(info.names, positions) }),
    ...(info.constraints === undefined ? {} : { constraints: at(info.constraints, positions) }),
  });
  const refuseRate = (): never => {
    throw new ValueError('optimizer/rate', 'multiOptimizer has no learning rate of its own.', {
      got: 'its learning rate',
      expected: 'the rate of one of the optimizers inside',
      fix: 'give each optimizer its rate, or a schedule',
    });
  };
  const innerOf = (state: OptimizerState, k: number): OptimizerState =>
    state.inner?.[k] as OptimizerState;
  const listOwn = (state: OptimizerState): Tensor[] => [
    state.iteration,
    state.learningRate as Tensor,
  ];

  return Object.freeze<Optimizer>({
    className: 'MultiOptimizer',
    name,
    config: Object.freeze({
      name,
      lossScaleFactor: factor,
      defaultOptimizer: describe(defaultOptimizer),
      optimizerMap: Object.fromEntries(
        Object.entries(optimizerMap).map(([pattern, optimizer]) => [pattern, describe(optimizer)]),
      ),
    }),
    learningRate: 0,
    init: (params, info = {}) => ({
      iteration: tensor(0, { dtype: 'int32' }),
      learningRate: tensor(0, { dtype: 'float32' }),
      slots: {},
      shared: {},
      inner: divide(params.length, info.names).map((positions, k) =>
        (optimizers[k] as Optimizer).init(at(params, positions), infoOf(info, positions)),
      ),
    }),
    update: (gradients, state, params, info = {}) => {
      checkGradients('MultiOptimizer', gradients, params, info.names);
      const next: Tensor[] = [...params];
      const inner = divide(params.length, info.names).map((positions, k) => {
        if (positions.length === 0) return innerOf(state, k);
        const [updated, after] = (optimizers[k] as Optimizer).update(
          at(gradients, positions).map((g) => (g === null || factor === null ? g : g.div(factor))),
          innerOf(state, k),
          at(params, positions),
          infoOf(info, positions),
        );
        positions.forEach((position, i) => (next[position] = updated[i] as Tensor));
        return after;
      });
      return [sameLength(params, next), { ...state, iteration: state.iteration.add(1), inner }];
    },
    currentLearningRate: refuseRate,
    withLearningRate: refuseRate,
    scaleLoss: (loss) => (factor === null ? loss : loss.mul(factor)),
    iterations: (state) => state.iteration,
    finalize: (state, params, info = {}) => {
      const final = [...params];
      divide(params.length, info.names).forEach((positions, k) =>
        (optimizers[k] as Optimizer)
          .finalize(innerOf(state, k), at(params, positions))
          .forEach((w, i) => (final[positions[i] as number] = w)),
      );
      return final;
    },
    variables: (state, names) => {
      const lists = divide(names?.length ?? 0, names);
      return [
        { path: `${prefix}/iteration`, tensor: state.iteration },
        { path: `${prefix}/learning_rate`, tensor: state.learningRate as Tensor },
        ...optimizers.flatMap((optimizer, k) =>
          optimizer.variables(
            innerOf(state, k),
            ...(names === undefined ? [] : [at(names, lists[k] as number[])]),
          ),
        ),
      ];
    },
    withVariables: (state, tensors) => {
      const own = listOwn(state);
      const [iteration, learningRate] = putVariables(own, tensors.slice(0, own.length)) as [
        Tensor,
        Tensor,
      ];
      let begin = own.length;
      const inner = optimizers.map((optimizer, k) => {
        const count = optimizer.variables(innerOf(state, k)).length;
        const part = tensors.slice(begin, (begin += count));
        return optimizer.withVariables(innerOf(state, k), part);
      });
      return { ...state, iteration, learningRate, inner };
    },
  });
}

const describe = ({ className, config }: Optimizer): object => ({ className, config });
