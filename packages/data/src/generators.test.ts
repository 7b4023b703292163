import { describe, expect, it } from 'vitest';
import type { Generated } from './generators.js';
import { blobs, circles, moons, plane, spirals, xor } from './generators.js';

const radius = ({ x }: Generated, i: number): number =>
  Math.hypot(x.data[2 * i] as number, x.data[2 * i + 1] as number);

it('plane has whole numbers in range and the weights 1, 2, 3', () => {
  const { x, y } = plane({ rows: 500, seed: 4 });
  expect([x.shape, y.shape]).toEqual([
    [500, 3],
    [500, 1],
  ]);
  for (let i = 0; i < 500; i++) {
    const [a, b, c] = x.data.slice(3 * i, 3 * i + 3) as unknown as [number, number, number];
    expect(y.data[i]).toBe(a + 2 * b + 3 * c);
  }
  expect(x.data.every((value) => Number.isInteger(value) && value >= 0 && value <= 99)).toBe(true);
  expect(new Set(plane({ rows: 200, low: -1, high: 1 }).x.data)).toEqual(new Set([-1, 0, 1]));
});

it('xor is the truth table, or clouds around it', () => {
  expect(xor().x.toArray()).toEqual([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  expect(xor().y.toArray()).toEqual([[0], [1], [1], [0]]);
  const { x, y } = xor({ samples: 400, noise: 0.05, seed: 1 });
  for (let i = 0; i < 400; i++)
    expect(y.data[i]).toBe(
      (x.data[2 * i] as number) > 0.5 !== (x.data[2 * i + 1] as number) > 0.5 ? 1 : 0,
    );
});

it('circles lie on their radii', () => {
  const data = circles({ samples: 50, factor: 0.3 });
  for (let i = 0; i < 50; i++)
    expect(radius(data, i)).toBeCloseTo(data.y.data[i] === 0 ? 1 : 0.3, 6);
});

it('moons are half circles', () => {
  const { x, y } = moons({ samples: 60 });
  for (let i = 0; i < 60; i++) {
    const [a, b] = [x.data[2 * i] as number, x.data[2 * i + 1] as number];
    const [dx, dy] = y.data[i] === 0 ? [a, b] : [1 - a, 0.5 - b];
    expect(Math.hypot(dx, dy)).toBeCloseTo(1, 6);
    expect(dy).toBeGreaterThanOrEqual(-1e-6);
  }
});

it('spirals have one arm per class', () => {
  const data = spirals({ samples: 90, classes: 3 });
  expect(new Set(data.y.data)).toEqual(new Set([0, 1, 2]));
  for (let i = 0; i < 90; i++) expect(radius(data, i)).toBeLessThanOrEqual(1);
});

it('blobs surround their centers', () => {
  const { x, y } = blobs({ samples: 3000, classes: 3, features: 4, noise: 0.5, seed: 2 });
  expect([x.shape, y.shape]).toEqual([
    [3000, 4],
    [3000, 1],
  ]);
  let squares = 0;
  for (let label = 0; label < 3; label++)
    for (let j = 0; j < 4; j++) {
      const values = Array.from(
        { length: 1000 },
        (_, i) => x.data[(3 * i + label) * 4 + j] as number,
      );
      const mean = values.reduce((a, b) => a + b) / 1000;
      squares += values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    }
  expect(Math.sqrt(squares / 12000)).toBeCloseTo(0.5, 1);
});

describe('seeds', () => {
  const generators: Record<string, (seed: number) => Generated> = {
    plane: (seed) => plane({ seed }),
    xor: (seed) => xor({ noise: 0.1, seed }),
    circles: (seed) => circles({ noise: 0.1, seed }),
    moons: (seed) => moons({ seed }),
    spirals: (seed) => spirals({ seed }),
    blobs: (seed) => blobs({ seed }),
  };
  it.each(Object.entries(generators))(
    '%s repeats for a seed and changes with it',
    (_, generate) => {
      expect(generate(7).x.data).toEqual(generate(7).x.data);
      expect(generate(7).x.data).not.toEqual(generate(8).x.data);
    },
  );
});

it('refuses impossible options', () => {
  expect(() => plane({ low: 5, high: 4 })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [data/plane] plane: high is out of its range.
      got       high 4
      expected  a whole number, 5 or more]
  `);
  expect(() => moons({ noise: -1 })).toThrow('noise is a standard deviation');
  expect(() => blobs({ samples: 0 })).toThrow('data/blobs');
});
