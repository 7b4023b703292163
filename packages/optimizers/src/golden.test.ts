import { existsSync, readFileSync } from 'node:fs';
import { tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { optimizerFromConfig, scheduleFromConfig } from './index.js';

/** Numbers of real Keras 3.15.1, beside the repository where somebody has put them. */
const file = (name: string): URL =>
  new URL(`../../../../shared/keras-golden/${name}.json`, import.meta.url);
const absent = !existsSync(file('optimizers'));

interface Saved {
  readonly shape: number[];
  readonly dtype: string;
  readonly data: (number | string)[];
}
interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}
interface OptimizerCase {
  readonly name: string;
  readonly className: string;
  readonly config: Record<string, unknown>;
  readonly variables: {
    readonly name: string;
    readonly tensor: Saved;
    readonly constraint?: {
      readonly className: string;
      readonly config: { readonly max_value?: number };
    };
  }[];
  readonly steps: {
    readonly gradients: (Saved | null)[];
    readonly setLearningRate?: number;
    readonly scaleGradients?: boolean;
    readonly variables: Saved[];
  }[];
  readonly excludeFromWeightDecay?: string[];
  readonly finalOptimizerVariables: { readonly path: string; readonly tensor?: Saved }[];
  readonly finalized: Saved[];
  readonly tolerance: { readonly outputs: Tolerance; readonly slots: Tolerance };
}
interface ScheduleCase {
  readonly name: string;
  readonly className: string;
  readonly config: Record<string, unknown>;
  readonly steps: number[];
  readonly values: number[];
  readonly tolerance: { readonly outputs: Tolerance };
}

const number = (x: number | string): number =>
  typeof x === 'number' ? x : Number(x.replace('inf', 'Infinity').replace('nan', 'NaN'));
const load = ({ shape, dtype, data }: Saved): Tensor =>
  tensor(Float64Array.from(data, number), {
    shape,
    dtype: dtype.startsWith('float') ? 'float32' : 'int32',
  });
const camel = (text: string): string =>
  text.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const camelKeys = (config: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [camel(key), value]));

function expectNear(got: Tensor, want: Saved, { rtol, atol }: Tolerance, what: string): void {
  expect(got.shape).toEqual(want.shape);
  want.data.map(number).forEach((b, index) => {
    const a = got.data[index] as number;
    if (!Object.is(a, b) && !(Math.abs(a - b) <= atol + rtol * Math.abs(b)))
      expect.fail(`${what}[${index}] ${a} is not ${b}`);
  });
}

/** The two constraints that the cases use; the layers package has the real ones. */
const constraintNamed = (
  saved: OptimizerCase['variables'][number]['constraint'],
): ((w: Tensor) => Tensor) | null => {
  if (saved === undefined) return null;
  if (saved.className === 'NonNeg') return (w) => w.maximum(0);
  return (w) => {
    const norms = w.square().sum({ axis: 0, keepDims: true }).sqrt();
    return w.mul(norms.clip(0, saved.config.max_value ?? 2).div(norms.add(1e-7)));
  };
};

describe.skipIf(absent)(
  'optimizers of Keras 3.15.1 (skipped where the golden numbers are absent)',
  () => {
    const cases = absent
      ? []
      : (JSON.parse(readFileSync(file('optimizers'), 'utf8')) as OptimizerCase[]);
    for (const c of cases)
      it(c.name, () => {
        const config = camelKeys(c.config);
        const rate = c.config['learning_rate'];
        if (typeof rate === 'object' && rate !== null && 'class_name' in rate && 'config' in rate)
          config['learningRate'] = {
            className: rate.class_name,
            config: camelKeys(rate.config as object),
          };
        const inner = c.config['inner_optimizer'] as
          | { class_name: string; config: object }
          | undefined;
        if (inner !== undefined)
          config['innerOptimizer'] = {
            className: inner.class_name,
            config: camelKeys(inner.config),
          };
        const optimizer = optimizerFromConfig(c.className, {
          ...config,
          excludeFromWeightDecay: c.excludeFromWeightDecay ?? [],
        });
        const names = c.variables.map(({ name }) => name);
        const constraints = c.variables.map(({ constraint }) => constraintNamed(constraint));
        let params = c.variables.map((variable) => load(variable.tensor));
        let state = optimizer.init(params, { names });
        c.steps.forEach((step, index) => {
          if (step.setLearningRate !== undefined)
            state = optimizer.withLearningRate(state, step.setLearningRate);
          const scaled = (g: Tensor): Tensor =>
            step.scaleGradients === true ? optimizer.scaleLoss(g, state) : g;
          const gradients = step.gradients.map((g) => (g === null ? null : scaled(load(g))));
          [params, state] = optimizer.update(gradients, state, params, { names, constraints });
          params.forEach((w, i) =>
            expectNear(
              w,
              step.variables[i] as Saved,
              c.tolerance.outputs,
              `step ${index} ${names[i]}`,
            ),
          );
        });
        optimizer
          .finalize(state, params)
          .forEach((w, i) =>
            expectNear(w, c.finalized[i] as Saved, c.tolerance.outputs, 'finalized'),
          );
        const saved = optimizer.variables(state, names);
        expect(saved.length).toBe(c.finalOptimizerVariables.length);
        saved.forEach(({ path, tensor: value }, i) => {
          const want = c.finalOptimizerVariables[i];
          if (want?.path !== 'variable') expect(`/${path}`).toContain(`/${want?.path}`);
          const { path: _, ...rest } = want as { path: string };
          const numbers = ('tensor' in rest ? rest.tensor : rest) as Saved;
          expectNear(value, numbers, c.tolerance.slots, path);
        });
        const again = optimizer.withVariables(
          optimizer.init(params, { names }),
          saved.map(({ tensor: value }) => value),
        );
        expect(optimizer.variables(again, names).map((v) => v.tensor.toArray())).toEqual(
          saved.map((v) => v.tensor.toArray()),
        );
      });
  },
);

describe.skipIf(absent)(
  'schedules of Keras 3.15.1 (skipped where the golden numbers are absent)',
  () => {
    const cases = absent
      ? []
      : (JSON.parse(readFileSync(file('schedules'), 'utf8')) as ScheduleCase[]);
    for (const c of cases)
      it(c.name, () => {
        const schedule = scheduleFromConfig(c.className, camelKeys(c.config));
        c.steps.forEach((step, index) => {
          const a = schedule(tensor(step, { dtype: 'int32' })).item();
          const b = c.values[index] as number;
          const { rtol, atol } = c.tolerance.outputs;
          if (!(Math.abs(a - b) <= atol + rtol * Math.abs(b)))
            expect.fail(`step ${step}: ${a} is not ${b}`);
        });
      });
  },
);
