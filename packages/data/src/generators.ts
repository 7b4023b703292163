import {
  Tensor,
  ValueError,
  foldIn,
  key,
  randomInt,
  randomNormal,
  randomUniform,
} from '@gradus/tensor';

/** Rows with their targets: `x` is `[rows, features]`, `y` is `[rows, 1]`, both float32. */
export type Generated = { readonly x: Tensor; readonly y: Tensor };

/** `rows` (1000) of whole numbers from `low` (0) to `high` (99), both included; `seed` (0). */
export interface PlaneOptions {
  readonly rows?: number;
  readonly seed?: number | string;
  readonly low?: number;
  readonly high?: number;
}

/** `samples` points; `noise` is the standard deviation of what is added to each coordinate; `seed` (0). */
export interface PointsOptions {
  readonly samples?: number;
  readonly noise?: number;
  readonly seed?: number | string;
}

function checkWhole(name: string, option: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new ValueError(`data/${name}`, `${name}: ${option} is out of its range.`, {
    got: `${option} ${value}`,
    expected: `a whole number, ${least} or more`,
  });
}

function table(values: Float32Array, width: number): Tensor {
  return new Tensor({ shape: [values.length / width, width], dtype: 'float32' }, values);
}

/** Points in the plane from a rule that places sample `i`; noise is added after it. */
function points(
  name: string,
  samples: number,
  noise: number,
  seed: number | string,
  place: (i: number, uniform: ArrayLike<number>) => readonly [x: number, y: number, label: number],
): Generated {
  checkWhole(name, 'samples', samples, 1);
  if (!(noise >= 0))
    throw new ValueError(`data/${name}`, `${name}: noise is a standard deviation.`, {
      got: `noise ${noise}`,
      expected: '0 or more',
    });
  const root = foldIn(key(seed), name);
  const uniform = randomUniform(foldIn(root, 'place'), [samples]).data;
  const added = randomNormal(foldIn(root, 'noise'), [samples, 2]).data;
  const x = new Float32Array(samples * 2);
  const y = new Float32Array(samples);
  for (let i = 0; i < samples; i++) {
    const [first, second, label] = place(i, uniform);
    x[2 * i] = first + noise * (added[2 * i] as number);
    x[2 * i + 1] = second + noise * (added[2 * i + 1] as number);
    y[i] = label;
  }
  return { x: table(x, 2), y: table(y, 1) };
}

/**
 * Regression with a known answer: three whole numbers and y = x₀ + 2·x₁ + 3·x₂, without noise. A single linear neuron
 * should find the weights 1, 2, 3 exactly, so it shows at once whether training works.
 *
 * @example
 * const { x, y } = plane({ rows: 4, seed: 1 });
 * [x.shape, y.shape]; // => [[4,3],[4,1]]
 */
export function plane({ rows = 1000, seed = 0, low = 0, high = 99 }: PlaneOptions = {}): Generated {
  checkWhole('plane', 'rows', rows, 1);
  checkWhole('plane', 'low', low, -(2 ** 30));
  checkWhole('plane', 'high', high, low);
  const drawn = randomInt(foldIn(key(seed), 'plane'), [rows, 3], { low, high: high + 1 }).data;
  const y = new Float32Array(rows);
  for (let i = 0; i < rows; i++)
    y[i] =
      (drawn[3 * i] as number) +
      2 * (drawn[3 * i + 1] as number) +
      3 * (drawn[3 * i + 2] as number);
  return { x: table(Float32Array.from(drawn), 3), y: table(y, 1) };
}

/**
 * The exclusive or: the corners of the unit square, 1 where exactly one coordinate is 1. No straight line separates
 * them, which is why networks have hidden layers. Without options it is the truth table; more `samples` go round the
 * corners, and `noise` (0) turns the corners into clouds.
 *
 * @example
 * const { x, y } = xor();
 * x.toArray(); // => [[0,0],[0,1],[1,0],[1,1]]
 * y.toArray(); // => [[0],[1],[1],[0]]
 */
export function xor({ samples = 4, noise = 0, seed = 0 }: PointsOptions = {}): Generated {
  return points('xor', samples, noise, seed, (i) => {
    const [a, b] = [(i >> 1) & 1, i & 1];
    return [a, b, a ^ b];
  });
}

/** `factor` (0.5): radius of the inner circle; the outer one has radius 1. */
export interface CirclesOptions extends PointsOptions {
  readonly factor?: number;
}

/**
 * Two circles around the origin, the outer one of class 0 and the inner one of class 1; 200 samples, taken in turn.
 *
 * @example
 * circles({ samples: 10, noise: 0.1, seed: 3 }).x.shape; // => [10,2]
 */
export function circles({
  samples = 200,
  noise = 0,
  seed = 0,
  factor = 0.5,
}: CirclesOptions = {}): Generated {
  return points('circles', samples, noise, seed, (i, uniform) => {
    const angle = 2 * Math.PI * (uniform[i] as number);
    const label = i % 2;
    const radius = label === 0 ? 1 : factor;
    return [radius * Math.cos(angle), radius * Math.sin(angle), label];
  });
}

/**
 * Two half circles that reach into each other, one per class; 200 samples, taken in turn.
 *
 * @example
 * moons({ samples: 10, noise: 0.1, seed: 3 }).y.shape; // => [10,1]
 */
export function moons({ samples = 200, noise = 0, seed = 0 }: PointsOptions = {}): Generated {
  return points('moons', samples, noise, seed, (i, uniform) => {
    const angle = Math.PI * (uniform[i] as number);
    return i % 2 === 0
      ? [Math.cos(angle), Math.sin(angle), 0]
      : [1 - Math.cos(angle), 0.5 - Math.sin(angle), 1];
  });
}

/** `classes` (2): number of arms. `turns` (1.5): how often an arm goes round the origin. */
export interface SpiralsOptions extends PointsOptions {
  readonly classes?: number;
  readonly turns?: number;
}

/**
 * Arms that wind around each other, one per class: the hardest of the classics for small networks. 200 samples, taken in
 * turn, radius up to 1.
 *
 * @example
 * spirals({ samples: 9, classes: 3 }).y.toArray(); // => [[0],[1],[2],[0],[1],[2],[0],[1],[2]]
 */
export function spirals({
  samples = 200,
  noise = 0,
  seed = 0,
  classes = 2,
  turns = 1.5,
}: SpiralsOptions = {}): Generated {
  checkWhole('spirals', 'classes', classes, 1);
  return points('spirals', samples, noise, seed, (i, uniform) => {
    const along = uniform[i] as number;
    const label = i % classes;
    const angle = 2 * Math.PI * (turns * along + label / classes);
    return [along * Math.cos(angle), along * Math.sin(angle), label];
  });
}

/** `classes` (3): number of clouds. `features` (2): number of coordinates. `spread` (10): the centers lie in ±spread. */
export interface BlobsOptions extends PointsOptions {
  readonly classes?: number;
  readonly features?: number;
  readonly spread?: number;
}

/**
 * Round clouds of points around random centers, one per class; 300 samples, taken in turn, `noise` 1.
 *
 * @example
 * blobs({ samples: 6, features: 4 }).x.shape; // => [6,4]
 */
export function blobs({
  samples = 300,
  noise = 1,
  seed = 0,
  classes = 3,
  features = 2,
  spread = 10,
}: BlobsOptions = {}): Generated {
  checkWhole('blobs', 'samples', samples, 1);
  checkWhole('blobs', 'classes', classes, 1);
  checkWhole('blobs', 'features', features, 1);
  const root = foldIn(key(seed), 'blobs');
  const centers = randomUniform(foldIn(root, 'place'), [classes, features], {
    low: -spread,
    high: spread,
  }).data;
  const added = randomNormal(foldIn(root, 'noise'), [samples, features]).data;
  const x = new Float32Array(samples * features);
  const y = new Float32Array(samples);
  for (let i = 0; i < samples; i++) {
    const label = i % classes;
    y[i] = label;
    for (let j = 0; j < features; j++) {
      const at = i * features + j;
      x[at] = (centers[label * features + j] as number) + noise * (added[at] as number);
    }
  }
  return { x: table(x, features), y: table(y, 1) };
}
