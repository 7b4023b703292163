// Entry of every root npm script. Needs only Node >= 20 and npm: it brings the
// pinned Node and pnpm from the npm registry when the machine lacks them.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { findChromium } from './chromium.mjs';

const NODE_SPEC = 'node@24.21.0';
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const windows = process.platform === 'win32';
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
const pathKey = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
const [command = 'test', ...rest] = process.argv.slice(2);
const pnpmSpec = JSON.parse(
  readFileSync(path.join(root, 'package.json'), 'utf8'),
).packageManager.split('+')[0];

const output = (program, args) =>
  spawnSync(program, args, { cwd: root, env, encoding: 'utf8', shell: windows })
    .stdout?.trim()
    .split('\n')
    .at(-1);

/** Runs a command with this terminal, forwards signals, gives its exit code. */
function attempt(program, args, { quiet = false, cwd = root } = {}) {
  return new Promise((resolve) => {
    const stdio = quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit';
    const child = spawn(program, args, { cwd, env, stdio, shell: windows && program !== 'node' });
    let kept = '';
    child.stdout?.on('data', (chunk) => (kept += chunk));
    child.stderr?.on('data', (chunk) => (kept += chunk));
    const forward = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('close', (code) => {
      for (const signal of signals) process.off(signal, forward);
      // A quiet step is shown only when it fails: then its whole output is wanted.
      if (code !== 0 && kept) process.stderr.write(kept);
      resolve(code ?? 1);
    });
  });
}

/** Runs a command and stops with its exit code when it fails. */
async function run(program, args, options) {
  const code = await attempt(program, args, options);
  if (code !== 0) process.exit(code);
}

async function bringTools() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const nodeFits = (major === 22 && minor >= 18) || (major === 24 && minor >= 11) || major >= 26;
  const pnpmFits = output('pnpm', ['--version']) === pnpmSpec.split('@')[1];
  const wanted = [...(nodeFits ? [] : [NODE_SPEC]), ...(pnpmFits ? [] : [pnpmSpec])];
  if (wanted.length === 0) return;
  const folder = path.join(root, '.toolchain');
  const stamp = path.join(folder, 'stamp');
  const key = `${wanted.join(' ')} ${process.platform} ${process.arch}`;
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== key) {
    console.error(`Bringing ${wanted.join(' and ')} from the npm registry (once).`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
    const npmProgram = process.env.npm_execpath;
    const flags = '--no-save --no-package-lock --no-audit --no-fund --loglevel=error'.split(' ');
    const args = ['install', '--prefix', folder, ...flags, ...wanted];
    if (npmProgram && /npm-cli\.c?js$/.test(npmProgram))
      await run(process.execPath, [npmProgram, ...args], { quiet: true });
    else await run('npm', args, { quiet: true });
    writeFileSync(stamp, key);
  }
  env[pathKey] = path.join(folder, 'node_modules', '.bin') + path.delimiter + env[pathKey];
}

const install = () =>
  run('pnpm', ['install', '--frozen-lockfile', '--trust-lockfile'], { quiet: true });

const turboArguments = (tasks) => ['exec', 'turbo', 'run', ...tasks, '--output-logs=errors-only'];
const turbo = (tasks, options) => run('pnpm', turboArguments(tasks), options);

await bringTools();
switch (command) {
  case 'install':
    // A maintainer's install: may change the lockfile, and verifies it.
    await run('pnpm', ['install', ...rest]);
    break;
  case 'build':
    await install();
    await turbo(['build', ...rest]);
    break;
  case 'start':
    await install();
    await turbo(['build'], { quiet: true });
    await run('node', ['apps/demo/dist/main.js', ...rest]);
    break;
  case 'example': {
    const names = readdirSync(path.join(root, 'examples', 'src'))
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => file.slice(0, -3));
    if (!names.includes(rest[0])) {
      console.error(`Examples: ${names.join(', ')}.\nRun one: npm run example ${names[0]}`);
      process.exit(rest.length === 0 ? 0 : 1);
    }
    await install();
    await turbo(['build'], { quiet: true });
    await run('node', ['examples/run.mjs', ...rest]);
    break;
  }
  case 'golden':
    await install();
    await turbo(['build'], { quiet: true });
    await run('node', [
      'packages/testing/dist/golden-command.js',
      // A folder is meant from where the command was typed, not from the root.
      ...rest.map((argument) => {
        const typed = path.resolve(process.env.INIT_CWD ?? process.cwd(), argument);
        return existsSync(typed) ? typed : argument;
      }),
    ]);
    break;
  case 'bench':
    await install();
    await turbo(['build'], { quiet: true });
    await run('node', ['bench/main.mjs', ...rest]);
    break;
  case 'test': {
    await install();
    // Tests read sources, so they run even when a package does not build: one run shows every fault.
    const built = await attempt('pnpm', turboArguments(['build', 'typecheck', '--continue']));
    const report = path.join(root, 'node_modules', '.vitest-report.json');
    rmSync(report, { force: true });
    const chromium = findChromium({ mayBring: rest.length === 0 });
    env.CHROMIUM_PATH = chromium.program ?? '';
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const tests = await attempt('pnpm', ['exec', 'vitest', 'run', ...reporters, ...rest]);
    const readmes = await attempt('node', [
      'scripts/test-readmes.mjs',
      '--report',
      report,
      ...(built === 0 ? [] : ['--build-failed']),
    ]);
    if (chromium.missing)
      console.error(
        `Browser tests were skipped: ${chromium.missing}. CHROMIUM_PATH says where Chromium is.`,
      );
    if (built !== 0 || tests !== 0 || readmes !== 0) process.exit(1);
    break;
  }
  case 'lint':
    await install();
    await run('pnpm', ['exec', 'oxlint', ...rest]);
    await run('pnpm', ['exec', 'oxfmt', '--check', '.'], { quiet: true });
    await run('node', ['scripts/check-boundaries.mjs']);
    await run('node', ['scripts/keras-coverage.mjs', '--check']);
    break;
  case 'coverage':
    await install();
    await run('node', ['scripts/keras-coverage.mjs']);
    await run('pnpm', ['exec', 'oxfmt', 'docs/keras-coverage.md'], { quiet: true });
    break;
  case 'format':
    await install();
    await run('pnpm', ['exec', 'oxfmt', '.', ...rest]);
    break;
  case 'check':
    await install();
    await turbo(['build', 'typecheck']);
    await run('node', ['scripts/check-boundaries.mjs']);
    await run('node', ['scripts/check-packages.mjs', ...rest]);
    break;
  default:
    console.error(
      `Unknown command "${command}": start, example, test, build, lint, check, golden, coverage, bench, format or install.`,
    );
    process.exit(1);
}
