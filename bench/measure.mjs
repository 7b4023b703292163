// Times a function, for the programs of Gradus and of the JavaScript peers; peers/timing.py does the same in Python.
// Each figure is one line of JSON on standard output: { metric, median, best, samples }, in seconds per item.
import process from 'node:process';
import { median } from './statistics.mjs';

const quick = process.env.BENCH_QUICK === '1';
// With several threads the CPU time counts spinning partners too, so there only the wall can count.
const wallOnly = process.env.BENCH_THREADS !== undefined && process.env.BENCH_THREADS !== '1';

const wallSeconds = () => performance.now() / 1e3;
function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** A started clock; called, it gives the seconds that count: a preempted single thread is charged what it used. */
export function stopwatch() {
  const wall = wallSeconds();
  const cpu = wallOnly ? 0 : cpuSeconds();
  return () => {
    const wallSpent = wallSeconds() - wall;
    if (wallOnly) return wallSpent;
    const cpuSpent = cpuSeconds() - cpu;
    // The CPU clock ticks coarsely: nothing counted does not mean nothing spent.
    return cpuSpent > 0 ? Math.min(wallSpent, cpuSpent) : wallSpent;
  };
}

async function repeat(run, count, isAsync) {
  const spent = stopwatch();
  if (isAsync) for (let i = 0; i < count; i++) await run();
  else for (let i = 0; i < count; i++) run();
  return spent() / count;
}

/**
 * Seconds per call of `run`: warm-up, then samples of at least 12 ms each.
 *
 * @param run a function, or one that returns a promise
 * @returns `{ median, best, samples }`
 */
export async function measure(run, { warmMs = 500, totalMs = 1000, minSamples = 5 } = {}) {
  const [warm, total] = quick ? [warmMs / 5, totalMs / 5] : [warmMs, totalMs];
  const sampleSeconds = 0.012;
  const start = wallSeconds();
  let isAsync = false;
  let [last, warmCalls] = [0, 0];
  // A first call may compile; only where it takes ten seconds does it stand for the others.
  while (warmCalls === 0 || (wallSeconds() - start) * 1e3 < warm || (warmCalls < 2 && last < 10)) {
    const spent = stopwatch();
    const returned = run();
    if (typeof returned?.then === 'function') {
      isAsync = true;
      await returned;
    }
    last = spent();
    warmCalls++;
  }
  const callsFor = (seconds) => Math.max(1, Math.ceil(sampleSeconds / Math.max(seconds, 1e-8)));
  // The last warm call tells roughly how many calls make a sample, a first sample of that many tells better.
  const isSlow = last * 1e3 > total;
  const calls = isSlow ? 1 : callsFor(await repeat(run, callsFor(last), isAsync));
  // Of a call that takes seconds the warm one counts too, and two are enough.
  const samples = isSlow ? [last] : [];
  const begin = wallSeconds();
  const elapsedMs = () => (wallSeconds() - begin) * 1e3;
  while (samples.length < minSamples || elapsedMs() < total) {
    samples.push(await repeat(run, calls, isAsync));
    if ((isSlow || elapsedMs() > total * 5) && samples.length >= 2) break;
  }
  return { median: median(samples), best: Math.min(...samples), samples: samples.length };
}

/** Writes the figure of a metric; `items` are done by one call of what was measured. */
export function report(metric, { median: middle, best, samples }, items = 1, note) {
  const figure = { metric, median: middle / items, best: best / items, samples, note };
  process.stdout.write(`${JSON.stringify(figure)}\n`);
}

/** Says that a metric cannot be had, and why: it is shown, not hidden. */
export function reportFailure(metric, error) {
  const message = String(error?.message ?? error)
    .split('\n')[0]
    .slice(0, 240);
  process.stdout.write(`${JSON.stringify({ metric, failure: message })}\n`);
}

/** Says what ran: versions, backend. */
export function reportAbout(about) {
  process.stdout.write(`${JSON.stringify({ about })}\n`);
}

/** Measures and reports; a metric that fails does not stop the others. */
export async function figure(metric, prepare, { items = 1, note, ...options } = {}) {
  try {
    report(metric, await measure(await prepare(), options), items, note);
  } catch (error) {
    reportFailure(metric, error);
  }
}

/**
 * Many steps one after the other: the median time of a step among the first thousand and among the last, from blocks
 * of fifty. What slows down over a long run shows here.
 */
export async function longRun(prefix, step, { steps = quick ? 1600 : 20_000, items = 1 } = {}) {
  const block = 50;
  const blocks = [];
  for (let i = 0; i < 2; i++) await repeat(step, block, true);
  for (let done = 2 * block; done < steps; done += block)
    blocks.push(await repeat(step, block, true));
  const share = Math.floor(Math.min(1000, steps / 4) / block);
  for (const [name, part] of [
    ['first', blocks.slice(0, share)],
    ['last', blocks.slice(-share)],
  ])
    report(
      `${prefix}-${name}`,
      { median: median(part), best: Math.min(...part), samples: part.length },
      items,
    );
  const slowdown = median(blocks.slice(-share)) / median(blocks.slice(0, share));
  report(`${prefix}-slowdown`, { median: slowdown, best: slowdown, samples: 1 });
}
