import { expect, test } from 'vitest';
import { grid, markdown, ratioTo, resultOf, textTables } from './report.mjs';
import { findMetric } from './works.mjs';

const result = (metric, runner, median, more = {}) => ({
  metric,
  runner,
  median,
  best: median * 0.8,
  rounds: [],
  ...more,
});

const run = {
  format: 1,
  date: '2026-11-23T10:00:00.000Z',
  machine: {
    cpu: 'A processor',
    cores: 2,
    memoryGiB: 24,
    system: 'Linux 6, x64',
    node: 'v24.21.0',
    commit: 'abc1234',
    hasLocalChanges: false,
  },
  options: { rounds: 3, quick: false, works: ['mlp', 'start'] },
  runners: [
    { id: 'g1', title: 'Gradus', threads: 1, isGradus: true, about: { backend: 'wasm' } },
    { id: 'g2', title: 'Gradus', threads: 2, isGradus: true, about: { backend: 'wasm' } },
    { id: 'torch-1', title: 'PyTorch', threads: 1, isGradus: false, about: { version: '2.13.0' } },
    { id: 'torch-2', title: 'PyTorch', threads: 2, isGradus: false, about: { version: '2.13.0' } },
    { id: 'keras', title: 'Keras', threads: 1, isGradus: false, about: {} },
  ],
  skipped: [{ id: 'jax-js', title: 'jax-js', threads: 1, reason: 'it is not installed' }],
  results: [
    result('mlp-train', 'g1', 1e-5),
    result('mlp-train', 'g2', 5e-6),
    result('mlp-train', 'torch-1', 1.25e-5),
    result('mlp-train', 'torch-2', 4e-6),
    result('mlp-fit', 'keras', 2e-5, { note: 'warm' }),
    result('bundle', 'g1', 40 * 1024),
    result('bundle', 'torch-1', 20 * 1024),
  ],
  failures: [
    { runner: 'keras', title: 'Keras', threads: 1, metric: 'mlp-infer-1', message: 'no memory' },
  ],
};
const train = findMetric('mlp-train').metric;
const runnerOf = (id) => run.runners.find((each) => each.id === id);

test('a peer is compared with Gradus on as many threads, and Gradus with nobody', () => {
  expect(ratioTo(run, train, runnerOf('torch-1')).speed).toBeCloseTo(1.25);
  expect(ratioTo(run, train, runnerOf('torch-2')).speed).toBeCloseTo(0.8);
  expect(ratioTo(run, train, runnerOf('g2'))).toBeUndefined();
});

test('without a Gradus of as many threads the one with one thread stands in', () => {
  const alone = { ...run, results: run.results.filter(({ runner }) => runner !== 'g2') };
  expect(ratioTo(alone, train, runnerOf('torch-2')).time).toBeCloseTo(2.5);
});

test('a slowdown is a ratio already and is not compared', () => {
  const slowdown = findMetric('subnormal-slowdown').metric;
  const results = ['g1', 'torch-1'].map((id) => result('subnormal-slowdown', id, 2));
  expect(ratioTo({ ...run, results }, slowdown, runnerOf('torch-1'))).toBeUndefined();
});

test('a peer that has only fit is shown with it, and says so', () => {
  expect(resultOf(run.results, train, 'keras')).toMatchObject({
    median: 2e-5,
    stand: 'training through fit',
  });
  expect(resultOf(run.results, train, 'nobody')).toBeUndefined();
});

test('columns line up', () => {
  expect(
    grid([
      ['', 'n', 'words'],
      ['long name', '1', 'a'],
      ['x', '200', 'bc'],
    ]),
  ).toEqual(['             n  words', 'long name    1  a', 'x          200  bc']);
});

test('a terminal gets a table per metric', () => {
  expect(textTables(run)).toMatchInlineSnapshot(`
    "## MLP 784-128-64-10, Adam

    training step, batch 128, samples/s (more is better; goal 75,000 (2 threads 135,000); wide 130,000 (2 threads 220,000))
                                          threads   median     best  Gradus/peer  Gradus is
      Gradus                                    1  100,000  125,000
      Gradus                                    2  200,000  250,000
      PyTorch                                   1   80,000  100,000         0.80  1.25x faster
      PyTorch                                   2  250,000  313,000          1.3  1.25x slower
      Keras (training through fit, warm)        1   50,000   62,500         0.50  2x faster

    training through fit, samples/s (more is better)
                    threads  median    best  Gradus/peer  Gradus is
      Keras (warm)        1  50,000  62,500

    ## Start and size

    the same program for browsers, minified and gzipped, KB (less is better; goal 40)
               threads  median  best  Gradus/peer  Gradus is
      Gradus         1      40    32
      PyTorch        1      20    16          2.0  2x larger"
  `);
});

test('the page holds machine, versions, ratios, goals, and what is missing', () => {
  expect(markdown(run)).toMatchInlineSnapshot(`
    "# Benchmarks

    Measured on 2026-11-23: 2 cores of A processor, 24 GiB,
    Linux 6, x64, Node 24.21.0; Gradus at \`abc1234\`.

    Medians of 3 interleaved rounds, each peer in a process of its own.
    In brackets: how many times as fast (or small) as the peer Gradus is, with as many threads; below 1 it is slower.
    Differences under 10 % mean nothing. \`*\`: the peer has no such way of working, its nearest one is shown.
    How it is measured: [bench/README.md](../bench/README.md).

    | who | version |
    | --- | ---: |
    | Gradus | wasm |
    | PyTorch | 2.13.0 |

    ## MLP 784-128-64-10, Adam

    |  | threads | training step, batch 128, samples/s | training through fit, samples/s |
    | --- | ---: | ---: | ---: |
    | Gradus | 1 | 100,000 |  |
    | Gradus | 2 | 200,000 |  |
    | PyTorch | 1 | 80,000 (1.25×) |  |
    | PyTorch | 2 | 250,000 (0.8×) |  |
    | Keras | 1 | 50,000* (2×) | 50,000 |
    | _goal_ |  | 75,000 (2 threads 135,000); wide 130,000 (2 threads 220,000) |  |

    ## Start and size

    |  | threads | the same program for browsers, minified and gzipped, KB |
    | --- | ---: | ---: |
    | Gradus | 1 | 40 |
    | PyTorch | 1 | 20 (0.5×) |
    | _goal_ |  | 40 |

    ## Not measured

    - jax-js, 1 thread: it is not installed

    ## What failed

    - Keras, 1 thread, mlp-infer-1: no memory
    "
  `);
});
