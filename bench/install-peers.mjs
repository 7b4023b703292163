// Brings the peers into folders that git ignores. Only on demand: they take gigabytes, and no test needs them.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { folder, python, venv } from './runners.mjs';

const peers = path.join(folder, 'peers');
const windows = process.platform === 'win32';

function run(command, args) {
  console.log(`  ${command} ${args.join(' ')}`);
  const { status } = spawnSync(command, args, { cwd: peers, stdio: 'inherit', shell: windows });
  return status === 0;
}

/** Requirements without comments, one per line. */
export const requirements = (text) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

/** Installs what can be installed; tells what could not, and how to go on by hand. */
export function installPeers() {
  const missing = [];
  console.log('JavaScript peers, into bench/peers/node_modules:');
  // No install scripts: one of them would fetch a GPU library of its own.
  const flags = [
    '--ignore-scripts',
    '--no-package-lock',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  if (!run('npm', ['install', ...flags])) missing.push('the JavaScript peers');
  console.log('Python peers, into bench/peers/.venv:');
  const system = process.env.PYTHON ?? (windows ? 'python' : 'python3');
  if (!existsSync(python) && !run(system, ['-m', 'venv', venv])) {
    console.error(
      'No Python peers: Python 3.11 or newer with its module venv is needed (PYTHON may name it).',
    );
    return false;
  }
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  for (const requirement of requirements(
    readFileSync(path.join(peers, 'requirements.txt'), 'utf8'),
  )) {
    // One after the other: a peer without a wheel for this machine does not keep the others away.
    if (!run(python, [...pip, requirement])) missing.push(requirement);
  }
  for (const each of missing)
    console.error(
      `Not installed: ${each}. By hand: ${python} -m pip install ...; a run without it says so.`,
    );
  return missing.length === 0;
}
