import { expect, test } from 'vitest';
import { runners } from './runners.mjs';
import { findMetric, shown, works } from './works.mjs';

test('seconds per item become what people read', () => {
  expect(shown(findMetric('regression-step').metric, 25e-6)).toBeCloseTo(25);
  expect(shown(findMetric('mlp-train').metric, 1e-5)).toBeCloseTo(100_000);
  expect(shown(findMetric('matmul-512').metric, 1 / 45e9)).toBeCloseTo(45);
  expect(shown(findMetric('bundle').metric, 40 * 1024)).toBeCloseTo(40);
});

test('metrics have names of their own, and stand-ins that exist in the same work', () => {
  const ids = works.flatMap(({ metrics }) => metrics.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
  for (const work of works)
    for (const { otherwise } of work.metrics)
      if (otherwise !== undefined) expect(findMetric(otherwise)?.work.id).toBe(work.id);
});

test('runners have names of their own and do works that exist', () => {
  expect(new Set(runners.map(({ id }) => id)).size).toBe(runners.length);
  const known = works.map(({ id }) => id);
  for (const runner of runners) expect(known).toEqual(expect.arrayContaining(runner.works));
});
