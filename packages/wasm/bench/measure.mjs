/** Timing of kernels by themselves: a graph whose inputs are carried memory, so that nothing is copied between runs. */
import { compile } from '@gradus/tensor';
import { referenceBackend } from '@gradus/tensor/backend';

/** The graph that a function of these tensors becomes, with its inputs as state. */
export function graphOnState(fn, ...args) {
  let graph;
  const recorder = {
    name: 'recorder',
    createMemory: (types) => referenceBackend.createMemory(types),
    compile(recorded, memory) {
      graph = recorded;
      return referenceBackend.compile(recorded, memory);
    },
  };
  compile(fn, { backend: recorder }).graph(...args);
  return { ...graph, inputs: [], state: graph.inputs, nextState: graph.inputs };
}

/** A program of a function on a backend, with its arguments in place. */
export function programOf(backend, fn, ...args) {
  const graph = graphOnState(fn, ...args);
  const memory = backend.createMemory(graph.state.map((value) => graph.types[value]));
  args.forEach(({ data }, index) => memory.write(index, data));
  return backend.compile(graph, memory);
}

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/**
 * Seconds of one run: the best of many samples. On a shared machine the best is nearest to what the code can do; a sample
 * counts the smaller of wall and processor time when one thread runs.
 */
export function secondsOf(run, { milliseconds = 300, oneThread = true } = {}) {
  const sample = (times) => {
    const [wall, cpu] = [performance.now() / 1e3, cpuSeconds()];
    for (let i = 0; i < times; i++) run();
    const passed = performance.now() / 1e3 - wall;
    const used = cpuSeconds() - cpu;
    return (oneThread && used > 0 ? Math.min(passed, used) : passed) / times;
  };
  const begin = performance.now();
  let once = Infinity;
  while (performance.now() - begin < milliseconds / 3) once = Math.min(once, sample(1));
  const times = Math.max(1, Math.ceil(2e-3 / Math.max(once, 1e-8)));
  let best = once;
  while (performance.now() - begin < milliseconds) best = Math.min(best, sample(times));
  return best;
}
