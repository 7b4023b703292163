// The same numbers in every run, without a dependency: what the works are fed with.

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** `count` numbers in [-1, 1). */
export function noise(count, seed = 3) {
  const next = uniform(seed);
  return Float32Array.from({ length: count }, () => next() * 2 - 1);
}

/** Rows of three whole numbers below 100 and `a + 2b + 3c`: `x` [rows, 3], `y` [rows, 1]. */
export function regressionData(rows = 9000) {
  const next = uniform(1);
  const x = Float32Array.from({ length: rows * 3 }, () => Math.floor(next() * 100));
  const y = Float32Array.from(
    { length: rows },
    (_, i) => x[3 * i] + 2 * x[3 * i + 1] + 3 * x[3 * i + 2],
  );
  return { x, y, rows };
}

/** Images of noise with random classes: `x` [count, 784], `labels` [count], `oneHot` [count, 10]. */
export function imageData(count, pixels = 784, classes = 10) {
  const next = uniform(2);
  const x = Float32Array.from({ length: count * pixels }, next);
  const labels = Int32Array.from({ length: count }, () => Math.floor(next() * classes));
  const oneHot = new Float32Array(count * classes);
  labels.forEach((label, i) => (oneHot[i * classes + label] = 1));
  return { x, labels, oneHot, count };
}

/** Weights by Glorot's rule for `inputs` and `outputs` of a kernel with `count` numbers. */
export function glorot(count, inputs, outputs, seed) {
  const limit = Math.sqrt(6 / (inputs + outputs));
  return noise(count, seed).map((value) => value * limit);
}

/** Layers of the MLP as [inputs, outputs]. */
export const mlpLayers = [
  [784, 128],
  [128, 64],
  [64, 10],
];

/** A step size that leaves the weights where they are: a repeated batch is not learned by heart, and no moment decays
 * to a subnormal number, which would slow peers down (the work "subnormal" shows that). */
export const tinyRate = 1e-7;
