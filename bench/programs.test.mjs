import { expect, test } from 'vitest';
import { requirements } from './install-peers.mjs';
import { parseLines, reasonOf, runWork } from './programs.mjs';

test('lines of JSON are read, other output is left alone', () => {
  const output = [
    'a peer greets',
    '{"metric":"exp","median":2,"best":1,"samples":5}',
    '{"metric":"sum","failure":"no such kernel"}',
    '{ not json',
    '{"about":{"version":"1.2"}}',
  ].join('\n');
  expect(parseLines(output)).toEqual({
    figures: [{ metric: 'exp', median: 2, best: 1, samples: 5 }],
    failures: [{ metric: 'sum', message: 'no such kernel' }],
    about: { version: '1.2' },
  });
});

test('of an error output the line that names the error is kept', () => {
  expect(reasonOf('at file.js:1\nTypeError: x is not a function\n    at y')).toBe(
    'TypeError: x is not a function',
  );
  expect(reasonOf('')).toBe('no output');
});

const program = (script) => ({
  command: process.execPath,
  arguments: (work) => ['-e', script, work],
  threads: 2,
  env: { OMP_NUM_THREADS: '2' },
});

test('a program knows its work, its threads and whether the run is quick', async () => {
  const script = `console.log(JSON.stringify({ about: {
    work: process.argv[1], threads: process.env.BENCH_THREADS, omp: process.env.OMP_NUM_THREADS,
    quick: process.env.BENCH_QUICK } }))`;
  const { about } = await runWork(program(script), 'exp', { quick: true, timeoutMs: 20_000 });
  expect(about).toEqual({ work: 'exp', threads: '2', omp: '2', quick: '1' });
});

test('figures of a program that dies later are kept, and its end is a failure', async () => {
  const script = `console.log('{"metric":"exp","median":2,"best":1}'); throw new Error('out of breath')`;
  const { figures, failures } = await runWork(program(script), 'exp', {
    quick: false,
    timeoutMs: 20_000,
  });
  expect(figures).toHaveLength(1);
  expect(failures).toEqual([{ metric: 'exp', message: expect.stringContaining('out of breath') }]);
});

test('a program that does not end is ended', async () => {
  const script = 'setInterval(() => {}, 1000)';
  const { failures } = await runWork(program(script), 'exp', { quick: false, timeoutMs: 300 });
  expect(failures).toEqual([{ metric: 'exp', message: 'not done in 0.3 seconds' }]);
});

test('requirements are one to a line, without comments', () => {
  expect(requirements('# exact\nnumpy==2\n\n torch==2.13 \n')).toEqual(['numpy==2', 'torch==2.13']);
});
