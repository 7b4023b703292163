import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';
import { afterAll, beforeAll, expect, it } from 'vitest';

const folder = mkdtempSync(path.join(tmpdir(), 'gradus-process-'));

beforeAll(async () => {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const entry = path.join(folder, 'engine.ts');
  const exportAll = (file: string): string =>
    `export * from ${JSON.stringify(path.resolve(here, file))};\n`;
  writeFileSync(
    entry,
    exportAll('../index.ts') + exportAll('../../../tensor/src/index.ts') + exportAll('runner.ts'),
  );
  await build({
    entry: [entry],
    config: false,
    silent: true,
    format: 'esm',
    outDir: folder,
    outExtension: () => ({ js: '.mjs' }),
    dts: false,
    clean: false,
    esbuildOptions: (options) => {
      options.conditions = ['gradus-source'];
    },
    noExternal: [/^@gradus/],
  });
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a script prints that uses the engine in a Node process of its own, which must end by itself. */
function run(script: string, env: Record<string, string> = {}, flags: string[] = []): string {
  const file = path.join(folder, 'script.mjs');
  writeFileSync(
    file,
    `import { compile, createBackend, createState, key, probeFeatures, randomNormal, setThreads, tensor, threadPool, wasm } from './engine.mjs';
     const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
     const x = randomNormal(key(1), [400, 400]);
     ${script}`,
  );
  const { status, stdout, stderr, signal } = spawnSync(process.execPath, [...flags, file], {
    encoding: 'utf8',
    timeout: 50_000,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
  return stdout.trim();
}

it('ends a process that used threads', () => {
  const out = run(`
    setThreads(3);
    const square = compile((a) => a.matmul(a).sum(), { backend: wasm() });
    while (threadPool().size < 3) square(x);
    for (let i = 0; i < 20; i++) square(x);
    console.log(threadPool().size);
  `);
  expect(out).toBe('3');
});

it('starts no thread for a short script, nor where one is asked for', () => {
  const script = `
    const square = compile((a) => a.matmul(a).sum(), { backend: wasm() });
    for (let i = 0; i < RUNS; i++) square(x);
    await sleep(100);
    console.log(threadPool().size);
  `;
  expect(run(script.replace('RUNS', '2'))).toBe('1');
  expect(run(script.replace('RUNS', '100'), { GRADUS_THREADS: '1' })).toBe('1');
  expect(run(`setThreads(1); ${script.replace('RUNS', '100')}`)).toBe('1');
});

it('works on one thread where the process may not start any', () => {
  const flag =
    Number(process.versions.node.split('.')[0]) >= 24
      ? '--permission'
      : '--experimental-permission';
  const out = run(
    `
    const square = compile((a) => a.matmul(a).sum(), { backend: wasm({ threads: 2 }) });
    for (let i = 0; i < 100; i++) square(x);
    await sleep(100);
    console.log(threadPool().size);
  `,
    { NODE_NO_WARNINGS: '1' },
    [flag, '--allow-fs-read=*'],
  );
  expect(out).toBe('1');
});

it('changes the number of threads while it runs', () => {
  const out = run(
    `
    const backend = createBackend(probeFeatures({ threads: true, wide: false }), { startAfterUs: 0 });
    const square = compile((a) => a.matmul(a), { backend });
    setThreads(1);
    const want = square(x).data;
    const sizes = [];
    for (const threads of [1, 2, 3, 1]) {
      setThreads(threads);
      for (let i = 0; i < 20; i++) {
        const got = square(x).data;
        if (got.some((value, k) => value !== want[k])) throw new Error('other bits');
        // Until the threads have started: runs do not wait for that.
        if (i === 10) while (threadPool().size < threads) await sleep(5);
      }
      sizes.push(threadPool().size);
    }
    console.log(sizes.join());
  `,
    { GRADUS_THREADS: '3' },
  );
  expect(out).toBe('1,2,3,3');
});

it('creates and drops two thousand models, with and without turns of the event loop', () => {
  const out = run(`
    const backend = createBackend(probeFeatures({ threads: true, wide: false }), {
      threads: 2, startAfterUs: 0, worthSharingUs: 0,
    });
    const y = tensor(new Float32Array(64 * 64), { shape: [64, 64] });
    let most = 0;
    for (let i = 0; i < 2000; i++) {
      const state = createState({ w: y }, { backend });
      const step = compile((s, a) => [{ w: s.w.add(a.matmul(s.w)) }, s.w.sum()], { carry: state });
      step(y);
      if (i % 100 === 99 && i > 1000) await sleep(1);
      most = Math.max(most, process.memoryUsage.rss());
    }
    console.log(most < 800e6 ? 'fits' : most);
  `);
  expect(out).toBe('fits');
}, 60_000);

it('needs no more memory after ten thousand steps on threads than after one thousand', () => {
  const out = run(
    `
    const backend = createBackend(probeFeatures({ threads: true, wide: false }), {
      threads: 2, startAfterUs: 0, worthSharingUs: 0,
    });
    const y = randomNormal(key(2), [32, 32]);
    const state = createState({ w: y }, { backend });
    const step = compile((s, a) => [{ w: s.w.mul(0.9).add(a.matmul(s.w).tanh()) }, s.w.sum()], { carry: state });
    const inUse = () => {
      gc();
      gc();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const steps = (count) => { for (let i = 0; i < count; i++) step(y); };
    steps(500);
    await sleep(50);
    steps(500);
    const before = inUse();
    steps(9000);
    const more = inUse() - before;
    console.log(more < 1e6 ? 'flat' : more);
  `,
    {},
    ['--expose-gc'],
  );
  expect(out).toBe('flat');
}, 60_000);

it('says what it does when GRADUS_DEBUG is set', () => {
  const out = run(
    `
    console.error = (text) => console.log(text.split('\\n')[0].replace(/[\\d.]+ ms/, '- ms').replace(/\\(.*\\)/, '()'));
    compile((a) => a.exp(), { backend: createBackend({ relaxed: false, wide: false, shared: false }) })(tensor([1]));
  `,
    { GRADUS_DEBUG: '2' },
  );
  expect(out).toMatchInlineSnapshot(`
    "[gradus] engine: SIMD, up to 1 threads
    [gradus] wasm (): 1 kernel, 20 FLOP, 8 B moved, 64 B of intermediate results, compiled in - ms
    [gradus] wasm (): 1 kernel, 20 FLOP, 8 B moved, 64 B of intermediate results"
  `);
});
