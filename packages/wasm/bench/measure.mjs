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

/**
 * Seconds of one run: the best of many samples, by the clock. On a shared machine the best is nearest to what the code can
 * do.
 */
export function secondsOf(run, milliseconds = 300) {
  const sample = (times) => {
    const start = performance.now();
    for (let i = 0; i < times; i++) run();
    return (performance.now() - start) / 1e3 / times;
  };
  const begin = performance.now();
  let once = Infinity;
  while (performance.now() - begin < milliseconds / 3) once = Math.min(once, sample(1));
  const times = Math.max(1, Math.ceil(1e-3 / Math.max(once, 1e-8)));
  let best = times > 1 ? Infinity : once;
  do best = Math.min(best, sample(times));
  while (performance.now() - begin < milliseconds);
  return best;
}
