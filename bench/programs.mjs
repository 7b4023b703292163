// Runs one program on one work and reads its lines of JSON.
import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { median } from './statistics.mjs';
import { environment, folder } from './runners.mjs';

/** Starts a program; gives its output, its exit code and the seconds it took. Ends it after `timeoutMs`. */
function execute(command, args, env, timeoutMs) {
  return new Promise((resolve) => {
    const start = performance.now();
    const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr, timedOut] = ['', '', false];
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    const stop = () => child.kill();
    process.once('exit', stop);
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const done = (code) => {
      clearTimeout(timer);
      process.off('exit', stop);
      resolve({ code, stdout, stderr, timedOut, seconds: (performance.now() - start) / 1e3 });
    };
    child.on('error', (error) => {
      stderr += error.message;
      done(1);
    });
    child.on('close', done);
  });
}

/** The line of an error output that says what went wrong. */
export function reasonOf(stderr) {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return (lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? 'no output')
    .trim()
    .slice(0, 240);
}

/** Lines of JSON as figures, failures and facts; anything else a program prints is its own affair. */
export function parseLines(stdout) {
  const parsed = { figures: [], failures: [], about: {} };
  for (const line of stdout.split('\n')) {
    if (!line.startsWith('{')) continue;
    let fields;
    try {
      fields = JSON.parse(line);
    } catch {
      continue;
    }
    if (fields.about) Object.assign(parsed.about, fields.about);
    else if (fields.failure)
      parsed.failures.push({ metric: fields.metric, message: fields.failure });
    else if (fields.metric) parsed.figures.push(fields);
  }
  return parsed;
}

/** One runner on one work: `{ figures, failures, about }`, times in seconds per item. */
export async function runWork(runner, work, { quick, timeoutMs }) {
  const env = environment(runner, { quick });
  const ran = await execute(runner.command, runner.arguments(work), env, timeoutMs);
  const parsed = parseLines(ran.stdout);
  if (ran.timedOut)
    parsed.failures.push({ metric: work, message: `not done in ${timeoutMs / 1e3} seconds` });
  else if (ran.code !== 0) parsed.failures.push({ metric: work, message: reasonOf(ran.stderr) });
  return parsed;
}

/** The time from start of a process to its end after the first training step, of several starts. */
export async function runStart(runner, { quick, timeoutMs }) {
  const file = path.join(folder, runner.start);
  const command = runner.command;
  const env = environment(runner);
  const seconds = [];
  // The first start reads the files from disk: it warms up and does not count.
  for (let i = 0; i < (quick ? 3 : 6); i++) {
    const ran = await execute(command, [file], env, timeoutMs);
    if (ran.code !== 0)
      return {
        figures: [],
        failures: [{ metric: 'start', message: reasonOf(ran.stderr) }],
        about: {},
      };
    if (i > 0) seconds.push(ran.seconds);
  }
  const figure = {
    metric: 'start',
    median: median(seconds),
    best: Math.min(...seconds),
    samples: seconds.length,
  };
  return { figures: [figure], failures: [], about: {} };
}
