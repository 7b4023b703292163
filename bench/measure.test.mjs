import { expect, test, vi } from 'vitest';
import { imageData, noise, regressionData } from './data.mjs';
import { figure, longRun, measure, stopwatch } from './measure.mjs';

/** What a function writes on standard output, line by line, as values. */
async function printed(run) {
  const written = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(JSON.parse(String(text)));
    return true;
  });
  try {
    await run();
  } finally {
    write.mockRestore();
  }
  return written;
}

const short = { warmMs: 1, totalMs: 5, minSamples: 3 };

/** Seconds that a stopwatch counts when the wall clock and the CPU clock went on by so much. */
function counted(wallMs, cpuMs) {
  const wall = vi.spyOn(performance, 'now').mockReturnValueOnce(1000);
  const cpu = vi.spyOn(process, 'cpuUsage').mockReturnValueOnce({ user: 5000, system: 2000 });
  try {
    const spent = stopwatch();
    wall.mockReturnValueOnce(1000 + wallMs);
    cpu.mockReturnValueOnce({ user: 5000 + cpuMs * 1000, system: 2000 });
    return spent();
  } finally {
    wall.mockRestore();
    cpu.mockRestore();
  }
}

test('a preempted sample is charged what it used, and helpers of the engine do not make one dearer', () => {
  expect(counted(100, 30)).toBeCloseTo(0.03);
  expect(counted(100, 140)).toBeCloseTo(0.1);
});

test('a sample shorter than a tick of the CPU clock counts by the wall', () => {
  expect(counted(2, 0)).toBeCloseTo(0.002);
});

test('calls are warmed up, gathered into samples, and awaited when they return a promise', async () => {
  let [open, calls] = [0, 0];
  const { median, best, samples } = await measure(async () => {
    expect(open++).toBe(0);
    await Promise.resolve();
    open--;
    calls++;
  }, short);
  expect(samples).toBeGreaterThanOrEqual(3);
  expect(calls).toBeGreaterThan(samples);
  expect(best).toBeLessThanOrEqual(median);
});

test('a first call that compiles for long counts neither as a sample nor as a measure of the others', async () => {
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  const cpu = vi.spyOn(process, 'cpuUsage').mockReturnValue({ user: 0, system: 0 });
  try {
    let calls = 0;
    const { median } = await measure(() => (now += calls++ === 0 ? 400 : 1), short);
    expect(median).toBeCloseTo(0.001);
  } finally {
    clock.mockRestore();
    cpu.mockRestore();
  }
});

test('a figure is seconds per item, with its note', async () => {
  const [line] = await printed(() =>
    figure('exp', () => () => {}, { items: 1000, note: 'own loop', ...short }),
  );
  expect(line).toMatchObject({ metric: 'exp', note: 'own loop' });
  expect(line.best).toBeGreaterThan(0);
});

test('what cannot be had is said with its reason', async () => {
  const fails = () => {
    throw new Error('no such kernel\nat line 1');
  };
  expect(await printed(() => figure('exp', () => fails))).toEqual([
    { metric: 'exp', failure: 'no such kernel' },
  ]);
});

test('a long run tells its beginning from its end', async () => {
  let steps = 0;
  const lines = await printed(() => longRun('run', () => steps++, { steps: 1000 }));
  expect(steps).toBe(1000);
  const [first, last, slowdown] = lines;
  expect(lines.map(({ metric }) => metric)).toEqual(['run-first', 'run-last', 'run-slowdown']);
  expect(slowdown.median).toBeCloseTo(last.median / first.median);
});

test('the data are the same in every run', () => {
  expect([...noise(3)]).toEqual([...noise(3)]);
  const { x, y, rows } = regressionData(5);
  expect([x.length, y.length, rows]).toEqual([15, 5, 5]);
  expect(y[4]).toBe(x[12] + 2 * x[13] + 3 * x[14]);
  const { labels, oneHot } = imageData(4);
  labels.forEach((label, i) => expect(oneHot[i * 10 + label]).toBe(1));
  expect(oneHot.reduce((sum, value) => sum + value)).toBe(4);
});
