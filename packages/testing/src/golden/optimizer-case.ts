import { getConstraint } from '@gradus/layers';
import { optimizerFromConfig, scheduleFromConfig } from '@gradus/optimizers';
import type { OptimizerState } from '@gradus/optimizers';
import { tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import type { Comparison } from './comparison.js';
import { readTensor, toleranceOf } from './format.js';
import type { GoldenCase, Saved } from './format.js';
import { translateConfig } from './keras-names.js';

interface OptimizerCase extends GoldenCase {
  readonly variables: readonly {
    readonly name: string;
    readonly tensor: Saved;
    readonly constraint?: {
      readonly className: string;
      readonly config: Record<string, unknown>;
    } | null;
  }[];
  readonly steps: readonly {
    readonly gradients: readonly (Saved | null)[];
    readonly setLearningRate?: number;
    readonly scaleGradients?: boolean;
    readonly variables: readonly Saved[];
    readonly iterations: number;
    readonly dynamicScale?: number | null;
  }[];
  readonly excludeFromWeightDecay?: readonly string[];
  readonly finalOptimizerVariables: readonly { readonly path: string; readonly tensor?: Saved }[];
  readonly finalized?: readonly Saved[];
}

/** kind `optimizer`: variables after each of the steps, and at the end everything that the optimizer remembers. */
export function runOptimizer(golden: GoldenCase, check: Comparison): void {
  const c = golden as OptimizerCase;
  const optimizer = optimizerFromConfig(c.className ?? '', {
    ...translateConfig(c.config),
    excludeFromWeightDecay: c.excludeFromWeightDecay ?? [],
  });
  const names = c.variables.map(({ name }) => name);
  const constraints = c.variables.map(({ constraint }) =>
    constraint
      ? getConstraint({
          className: constraint.className,
          config: translateConfig(constraint.config),
        } as never)
      : null,
  );
  const near = toleranceOf(c, 'outputs');
  let params = c.variables.map((variable) => readTensor(variable.tensor));
  let state = optimizer.init(params, { names });
  c.steps.forEach((step, index) => {
    if (step.setLearningRate !== undefined)
      state = optimizer.withLearningRate(state, step.setLearningRate);
    const scale = (g: Tensor): Tensor =>
      step.scaleGradients === true ? optimizer.scaleLoss(g, state) : g;
    const gradients = step.gradients.map((g) => (g === null ? null : scale(readTensor(g))));
    const present = gradients.flatMap((g) => (g === null ? [] : [g]));
    const stepped = check.run(
      ([given, before, w]: readonly [readonly Tensor[], OptimizerState, readonly Tensor[]]) => {
        const queue = [...given];
        const all = gradients.map((g) => (g === null ? null : (queue.shift() as Tensor)));
        return optimizer.update(all, before, w, { names, constraints });
      },
      [present, state, params] as const,
    );
    [params, state] = [[...stepped[0]], stepped[1]];
    params.forEach((w, i) => check.tensor(`step ${index} ${names[i]}`, w, step.variables[i], near));
    check.equal(`step ${index} iterations`, optimizer.iterations(state).item(), step.iterations);
    if (typeof step.dynamicScale === 'number')
      check.equal(
        `step ${index} dynamic scale`,
        state.shared['dynamicScale']?.item(),
        step.dynamicScale,
      );
  });
  if (c.finalized !== undefined)
    optimizer
      .finalize(state, params)
      .forEach((w, i) => check.tensor(`finalized ${names[i]}`, w, c.finalized?.[i], near));
  const kept = optimizer.variables(state, names);
  check.equal('number of optimizer variables', kept.length, c.finalOptimizerVariables.length);
  kept.forEach(({ path, tensor: value }, i) => {
    const want = c.finalOptimizerVariables[i];
    if (want === undefined) return;
    // What Keras makes without its optimizer's scope has the name of the parameter alone.
    if (!/^variable(_\d+)?$/.test(want.path))
      check.expect(
        path === want.path || path.endsWith(`/${want.path}`),
        `path of an optimizer variable: got ${path}, Keras has ${want.path}`,
      );
    check.tensor(path, value, want.tensor ?? (want as unknown as Saved), toleranceOf(c, 'slots'));
  });
}

interface ScheduleCase extends GoldenCase {
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/** kind `schedule`: the learning rate at some steps. */
export function runSchedule(golden: GoldenCase, check: Comparison): void {
  const c = golden as ScheduleCase;
  const schedule = scheduleFromConfig(c.className ?? '', translateConfig(c.config));
  const rates = c.steps.map((step) => check.run(schedule, tensor(step, { dtype: 'int32' })).item());
  check.numbers('rates', rates, c.values, toleranceOf(c, 'outputs'));
}
