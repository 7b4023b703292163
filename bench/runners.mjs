// Who is measured: Gradus in its variants, and its peers. Each runs in a process of its own.
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const folder = path.dirname(fileURLToPath(import.meta.url));
const peers = path.join(folder, 'peers');
const windows = process.platform === 'win32';
export const venv = path.join(peers, '.venv');
export const python = path.join(venv, windows ? 'Scripts/python.exe' : 'bin/python');

const installHint = 'node scripts/run.mjs bench --install-peers';

/** The command that starts a Node of this major version, or undefined: this one, or one on the PATH. */
function findNode(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const name = windows ? 'node.exe' : 'node';
  const places = (process.env.PATH ?? '').split(path.delimiter);
  const given = process.env[`NODE${major}`];
  for (const candidate of [given, ...places.map((place) => path.join(place, name))]) {
    if (candidate === undefined || !existsSync(candidate)) continue;
    const { stdout } = spawnSync(candidate, ['--version'], { encoding: 'utf8' });
    if (stdout?.startsWith(`v${major}.`)) return candidate;
  }
  return undefined;
}

const trainingWorks = ['regression', 'minibatch', 'online', 'mlp', 'cnn'];
const operations = ['matmul', 'elementwise'];
const everything = [...trainingWorks, ...operations, 'lstm', 'eager', 'subnormal'];
const inference = ['mlp', 'cnn', ...operations];

const inNode = (file, ...more) => ({
  command: process.execPath,
  arguments: (work) => [path.join(folder, file), work, ...more],
});
const inPython = (file) => ({
  command: python,
  arguments: (work) => [path.join(peers, file), work],
});

const hasPackage = (name) => () =>
  existsSync(path.join(peers, 'node_modules', name))
    ? undefined
    : `${name} is not installed: ${installHint}`;

function hasModule(name) {
  let answer;
  return () => {
    if (!existsSync(python)) return `there is no Python environment: ${installHint}`;
    // Finding is not loading: a wheel for another machine shows only when its program starts, and is reported then.
    const script = `import importlib.util, sys; sys.exit(importlib.util.find_spec('${name}') is None)`;
    answer ??= spawnSync(python, ['-c', script]).status;
    return answer === 0 ? undefined : `${name} is not installed: ${installHint}`;
  };
}

const threadVariables = (threads) =>
  Object.fromEntries(
    ['OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'].map((name) => [
      name,
      String(threads),
    ]),
  );

const wasmIsBuilt = () =>
  existsSync(path.join(folder, '../packages/wasm/dist/index.js'))
    ? undefined
    : 'the reference backend has one thread and one kind of kernels; this needs @gradus/wasm';

/** Gradus with so many threads: as it comes, without wide kernels, or on Node 20 (plain SIMD). */
function gradus(variant, threads) {
  const node20 = variant === 'plain' ? findNode(20) : undefined;
  const titles = { wide: 'Gradus', relaxed: 'Gradus, not wide', plain: 'Gradus on Node 20' };
  return {
    id: `gradus-${variant}-${threads}`,
    title: titles[variant],
    threads,
    isGradus: true,
    works: everything,
    ...inNode('gradus/run.mjs'),
    ...(node20 === undefined ? {} : { command: node20 }),
    env: {
      GRADUS_THREADS: String(threads),
      ...(variant === 'relaxed' ? { GRADUS_WIDE: '0' } : {}),
    },
    start: threads === 1 ? 'gradus/start.mjs' : undefined,
    missing: () =>
      variant === 'plain' && node20 === undefined
        ? 'no Node 20 on the PATH (the variable NODE20 may name one)'
        : threads > 1 || variant === 'relaxed'
          ? wasmIsBuilt()
          : undefined,
  };
}

const tfjs = (backend) => ({
  id: `tfjs-${backend}`,
  title: `TensorFlow.js, ${backend}`,
  threads: 1,
  works: [...trainingWorks, ...operations, 'lstm', 'eager'],
  ...inNode('peers/tfjs.mjs', backend),
  start: `peers/start/tfjs-${backend}.mjs`,
  missing: hasPackage('@tensorflow/tfjs'),
});

const onnxRuntime = (kind, threads) => ({
  id: `onnxruntime-${kind}-${threads}`,
  title: `onnxruntime-${kind}`,
  threads,
  works: inference,
  ...inNode('peers/onnxruntime.mjs', kind, String(threads)),
  missing: hasPackage(`onnxruntime-${kind}`),
});

const inPythonWith = (id, title, file, module, threads, works, more = {}) => ({
  id: `${id}-${threads}`,
  title,
  threads,
  works,
  ...inPython(file),
  env: threadVariables(threads),
  missing: hasModule(module),
  ...more,
});

const keras = (backend, module, title, threads) =>
  inPythonWith(
    `keras-${backend}`,
    `Keras on ${title}`,
    'keras_peer.py',
    module,
    threads,
    [...trainingWorks, 'lstm'],
    { env: { ...threadVariables(threads), KERAS_BACKEND: backend } },
  );

/** In the order in which tables show them. The first Gradus of a number of threads is what peers are compared with. */
export const runners = [
  ...[1, 2].map((threads) => gradus('wide', threads)),
  ...[1, 2].map((threads) => gradus('relaxed', threads)),
  ...[1, 2].map((threads) => gradus('plain', threads)),
  tfjs('cpu'),
  tfjs('wasm'),
  {
    id: 'jax-js',
    title: 'jax-js',
    threads: 1,
    works: everything,
    ...inNode('peers/jax-js.mjs'),
    start: 'peers/start/jax-js.mjs',
    missing: hasPackage('@jax-js/jax'),
  },
  {
    id: 'brain',
    title: 'brain.js',
    threads: 1,
    works: ['online', 'mlp', 'lstm'],
    ...inNode('peers/brain.mjs'),
    start: 'peers/start/brain.mjs',
    missing: hasPackage('brain.js'),
  },
  ...[1, 2].map((threads) => onnxRuntime('node', threads)),
  ...[1, 2].map((threads) => onnxRuntime('web', threads)),
  ...[1, 2].map((threads) =>
    inPythonWith('numpy', 'NumPy', 'numpy_peer.py', 'numpy', threads, everything),
  ),
  ...[1, 2].map((threads) =>
    inPythonWith('torch', 'PyTorch', 'torch_peer.py', 'torch', threads, everything, {
      start: threads === 1 ? 'peers/start/torch_start.py' : undefined,
    }),
  ),
  ...[1, 2].map((threads) => keras('jax', 'jax', 'JAX', threads)),
  ...[1, 2].map((threads) => keras('tensorflow', 'tensorflow', 'TensorFlow', threads)),
  {
    id: 'node',
    title: 'an empty script',
    threads: 1,
    works: [],
    command: process.execPath,
    start: 'peers/start/empty.mjs',
    missing: () => undefined,
  },
].map((runner) =>
  runner.start === undefined ? runner : { ...runner, works: [...runner.works, 'start'] },
);

/** Environment of a run: threads and protocol, beside what the runner sets itself. */
export function environment(runner, { quick = false } = {}) {
  const { NODE_OPTIONS: _dropped, ...inherited } = process.env;
  return {
    ...inherited,
    BENCH_THREADS: String(runner.threads),
    ...(quick ? { BENCH_QUICK: '1' } : {}),
    ...runner.env,
  };
}
