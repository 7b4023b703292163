// The benchmark command: node scripts/run.mjs bench [options]. See README.md.
import { lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { readPackages } from '../scripts/packages.mjs';
import { bundleBytes } from './bundle.mjs';
import { installPeers } from './install-peers.mjs';
import { describeMachine, waitForQuiet } from './machine.mjs';
import { runStart, runWork } from './programs.mjs';
import { markdown, textTables } from './report.mjs';
import { folder, runners } from './runners.mjs';
import { mergeRounds } from './statistics.mjs';
import { works } from './works.mjs';

const usage = `node scripts/run.mjs bench [options]
  --only <work>       ${works.map(({ id }) => id).join(', ')}; several times for several
  --peers <text>      only runners whose name holds one of these, by commas: gradus,torch,numpy-1
  --rounds <n>        interleaved rounds, default 3
  --quick             short samples and one round: to see that it works
  --json <file>       writes everything that was measured
  --markdown [<file>] prints the page for docs/benchmarks.md, of this run or of a file written by --json
  --install-peers     brings the peers (gigabytes) into folders that git ignores, and ends
  --list              names works and runners, and what is missing, and ends`;

const fail = (message) => {
  console.error(message);
  process.exit(1);
};

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        only: { type: 'string', multiple: true },
        peers: { type: 'string' },
        rounds: { type: 'string' },
        quick: { type: 'boolean' },
        json: { type: 'string' },
        markdown: { type: 'boolean' },
        'install-peers': { type: 'boolean' },
        list: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    return fail(`${error.message}\n${usage}`);
  }
}

/** A file as typed: relative to where the command was, not to where the script runs. */
const typed = (file) => path.resolve(process.env.INIT_CWD ?? process.cwd(), file);

/** Links the packages of the workspace where the programs of bench/gradus find them by name, as a user would. */
function linkPackages() {
  const modules = path.join(folder, 'gradus', 'node_modules');
  for (const { name, folder: target, manifest } of readPackages()) {
    if (manifest.private) continue;
    const link = path.join(modules, name);
    mkdirSync(path.dirname(link), { recursive: true });
    if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link);
    symlinkSync(target, link, process.platform === 'win32' ? 'junction' : 'dir');
  }
}

const { values: options, positionals } = readArguments();
if (options.help) {
  console.log(usage);
  process.exit(0);
}
if (options['install-peers']) process.exit(installPeers() ? 0 : 1);
if (options.markdown && positionals.length > 0) {
  process.stdout.write(markdown(JSON.parse(readFileSync(typed(positionals[0]), 'utf8'))));
  process.exit(0);
}
if (positionals.length > 0) fail(`Unknown argument "${positionals[0]}".\n${usage}`);

const asked = options.only ?? works.map(({ id }) => id);
for (const id of asked)
  if (!works.some((work) => work.id === id)) fail(`There is no work "${id}".\n${usage}`);
const quick = options.quick ?? false;
const rounds = Number(options.rounds ?? (quick ? 1 : 3));
if (!Number.isInteger(rounds) || rounds < 1)
  fail(`--rounds is a whole number, got ${options.rounds}.`);
const names = options.peers?.split(',').filter((each) => each !== '');
const wanted = runners.filter(
  ({ id }) => names === undefined || names.some((name) => id.includes(name)),
);
if (wanted.length === 0)
  fail(`No runner holds "${options.peers}": ${runners.map(({ id }) => id).join(', ')}`);

const skipped = [];
const present = wanted.filter((runner) => {
  const reason = runner.missing();
  if (reason !== undefined)
    skipped.push({ id: runner.id, title: runner.title, threads: runner.threads, reason });
  return reason === undefined;
});
for (const { id, reason } of skipped) console.error(`left out: ${id}: ${reason}`);
if (options.list) {
  for (const { id, works: able } of present) console.log(`${id.padEnd(20)} ${able.join(' ')}`);
  process.exit(0);
}

linkPackages();
// An interrupted run ends the program that it is waiting for, too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));
const run = {
  format: 1,
  date: new Date().toISOString(),
  machine: describeMachine(),
  options: { rounds, quick, works: asked },
  runners: present.map(({ id, title, threads, isGradus = false }) => ({
    id,
    title,
    threads,
    isGradus,
    about: {},
  })),
  skipped,
  results: [],
  failures: [],
};
const samples = new Map();
const timeoutMs = quick ? 240_000 : 600_000;

function keep(runner, { figures, failures, about }, busy) {
  Object.assign(run.runners.find(({ id }) => id === runner.id).about, about);
  for (const { metric, note, ...round } of figures) {
    const key = `${metric} ${runner.id}`;
    const entry = samples.get(key) ?? { metric, runner: runner.id, note, rounds: [] };
    entry.rounds.push({ ...round, busy });
    samples.set(key, entry);
  }
  for (const failure of failures) {
    const { id, title, threads } = runner;
    if (run.failures.some((each) => each.runner === id && each.metric === failure.metric)) continue;
    run.failures.push({ runner: id, title, threads, ...failure });
    console.error(`  ${id}, ${failure.metric}: ${failure.message}`);
  }
}

function save() {
  run.results = [...samples.values()].map(({ rounds: each, ...rest }) => ({
    ...rest,
    ...mergeRounds(each),
  }));
  if (options.json) writeFileSync(typed(options.json), `${JSON.stringify(run, null, 2)}\n`);
}

async function measureBundles() {
  for (const runner of present) {
    // A number of threads or another Node does not change what a browser gets.
    const isRepeated = runner.isGradus && runner !== present.find((each) => each.isGradus);
    if (!runner.start?.endsWith('.mjs') || runner.id === 'node' || isRepeated) continue;
    try {
      const { atOnce, all } = await bundleBytes(runner.start);
      const size = (metric, bytes) => ({ metric, median: bytes, best: bytes, samples: 1 });
      const figures = [size('bundle', atOnce), size('bundle-all', all)];
      keep(runner, { figures, failures: [], about: {} });
    } catch (error) {
      const message = String(error.message).split('\n')[0];
      keep(runner, { figures: [], failures: [{ metric: 'bundle', message }], about: {} });
    }
  }
}

for (let round = 1; round <= rounds; round++) {
  for (const work of asked) {
    for (const runner of present) {
      if (!runner.works.includes(work)) continue;
      // Minutes of one thing: its own blocks are its rounds.
      if (work === 'subnormal' && round > 1) continue;
      const busy = await waitForQuiet({ limitMs: quick ? 500 : 10_000 });
      process.stderr.write(
        `round ${round} of ${rounds}: ${work}, ${runner.id}${busy > 0.25 ? ` (machine ${Math.round(busy * 100)} % busy)` : ''}\n`,
      );
      const measure =
        work === 'start' ? runStart : (each, settings) => runWork(each, work, settings);
      keep(runner, await measure(runner, { quick, timeoutMs }), busy);
      save();
    }
    if (work === 'start' && round === 1) await measureBundles();
  }
}
save();
console.log(options.markdown ? markdown(run) : textTables(run));
