import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { tensor } from '@gradus/tensor';
import type { DType, Tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import type { Callback } from './callbacks/index.js';
import { earlyStopping, learningRateScheduler, reduceLrOnPlateau } from './callbacks/index.js';
import { camelCase } from './keras-config/camel.js';
import { compileFromKerasConfig } from './keras-config/compile-from-keras-config.js';
import { fromKerasConfig } from './keras-config/from-keras-config.js';

interface Stored {
  shape: number[];
  dtype: string;
  data: number[];
}
interface Case {
  name: string;
  model: unknown;
  weights: { tensor: Stored }[];
  compile: unknown;
  data: { x: unknown; y: unknown; sampleWeight?: Stored; validation?: unknown };
  fit: Record<string, unknown>;
  callbacks: { className: string; args: Record<string, unknown>; scheduleTable?: number[] }[];
  result: {
    history: Record<string, number[]>;
    epochs: number[];
    weights: Stored[];
    evaluate: Record<string, number>;
  };
  alternatives?: { tensorflow?: { history?: Record<string, number[]> } } | null;
  tolerance: {
    history: { rtol: number; atol: number };
    weights: { rtol: number; atolPerWeight: (number | null)[] };
  };
}

const file = fileURLToPath(
  new URL('../../../../shared/keras-golden/histories.json', import.meta.url),
);

function read(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(read);
  if (typeof value !== 'object' || value === null) return value;
  const { shape, dtype, data } = value as Stored;
  if (Array.isArray(shape))
    return tensor(data, { shape, dtype: (dtype.startsWith('int') ? 'int32' : dtype) as DType });
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, read(item)]));
}

function callbackOf({ className, args, scheduleTable }: Case['callbacks'][number]): Callback {
  const options = Object.fromEntries(
    Object.entries(args).map(([key, value]) => [camelCase(key), value]),
  );
  if (className === 'EarlyStopping') return earlyStopping(options);
  if (className === 'ReduceLROnPlateau') return reduceLrOnPlateau(options);
  return learningRateScheduler((epoch) => scheduleTable?.[epoch] ?? 0, options);
}

function close(
  actual: number,
  wanted: number,
  { rtol, atol }: { rtol: number; atol: number },
): boolean {
  return Math.abs(actual - wanted) <= atol + rtol * Math.abs(wanted);
}

describe.runIf(existsSync(file))('histories of Keras 3.15.1', () => {
  const cases = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Case[]) : [];
  for (const golden of cases)
    it(golden.name, async () => {
      const model = fromKerasConfig(golden.model);
      model.setWeights(golden.weights.map((weight) => read(weight.tensor) as Tensor));
      compileFromKerasConfig(model, golden.compile);
      const options = Object.fromEntries(
        Object.entries(golden.fit).map(([key, value]) => [camelCase(key), value]),
      );
      const { data } = golden;
      const sampleWeight =
        data.sampleWeight === undefined || data.sampleWeight === null
          ? {}
          : { sampleWeight: read(data.sampleWeight) };
      const validation =
        data.validation === undefined || data.validation === null
          ? undefined
          : read(data.validation);
      const x = read(data.x);
      const y = read(data.y);
      const result = await model.fit(x, y, {
        ...options,
        ...sampleWeight,
        ...(validation === undefined
          ? {}
          : {
              validationData: (Array.isArray(validation)
                ? validation
                : Object.values(validation as object)) as unknown[],
            }),
        callbacks: golden.callbacks.map(callbackOf),
        print: () => undefined,
      });
      expect([...result.epoch]).toEqual(golden.result.epochs);
      expect(Object.keys(result.history).sort()).toEqual(Object.keys(golden.result.history).sort());
      for (const [key, values] of Object.entries(golden.result.history))
        values.forEach((wanted, i) => {
          const actual = result.history[key]?.[i] ?? NaN;
          // Where Keras' backends differ by design, the numbers of either will do.
          const other = golden.alternatives?.tensorflow?.history?.[key]?.[i];
          expect(
            close(actual, wanted, golden.tolerance.history) ||
              (other !== undefined && close(actual, other, golden.tolerance.history)),
            `${key}[${i}]: ${actual} for ${wanted}`,
          ).toBe(true);
        });
      model.getWeights().forEach((weight, i) => {
        const atol = golden.tolerance.weights.atolPerWeight[i] ?? null;
        if (atol === null) return;
        golden.result.weights[i]?.data.forEach((wanted, j) => {
          const actual = weight.data[j] as number;
          expect(
            close(actual, wanted, { rtol: golden.tolerance.weights.rtol, atol }),
            `weight ${i}[${j}]: ${actual} for ${wanted}`,
          ).toBe(true);
        });
      });
    });
});
