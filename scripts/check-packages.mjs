// Proves that every package works for someone who installs it alone: packs it, looks into the
// tarball, installs it with nothing but its own dependencies in an empty folder outside the
// workspace, and runs the program of its README on each supported Node.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readmeProgram, readPackages, root, workspaceClosure } from './packages.mjs';

const majors = [20, 24];
const scratch = realpathSync(mkdtempSync(path.join(tmpdir(), 'gradus-packages-')));
const faults = [];

const call = (program, args, cwd, env = process.env) =>
  spawnSync(program, args, { cwd, env, encoding: 'utf8', timeout: 300_000 });

/** Runs a command that this check cannot go on without. */
function need(program, args, cwd) {
  const { status, stdout, stderr, error } = call(program, args, cwd);
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')} failed\n${error?.message ?? ''}${stdout}${stderr}`);
}

/** A Node of this major: one on the machine, or one brought from the npm registry. */
function findNode(major) {
  const brought = path.join(root, '.toolchain', `node${major}`);
  const places = [
    ...process.env.PATH.split(path.delimiter),
    path.join(root, '.toolchain', 'node_modules', '.bin'),
    path.join(brought, 'node_modules', '.bin'),
  ].map((folder) => path.join(folder, 'node'));
  const find = () =>
    places.find(
      (file) =>
        existsSync(file) && call(file, ['--version'], root).stdout?.startsWith(`v${major}.`),
    );
  const found = find();
  if (found) return found;
  mkdirSync(brought, { recursive: true });
  writeFileSync(path.join(brought, 'package.json'), '{ "private": true }\n');
  need('npm', ['install', '--no-save', '--no-audit', '--no-fund', `node@${major}`], brought);
  return find() ?? faults.push(`no Node ${major} could be found or brought`);
}

const packages = readPackages();
const published = packages.filter((each) => !each.manifest.private);
const nodes = majors.map((major) => ({ major, program: findNode(major) }));
const rows = [];

const tarballs = new Map();
const archives = path.join(scratch, 'archives');
mkdirSync(archives);
for (const { name, folder } of published) {
  const packed = JSON.parse(
    need('pnpm', ['pack', '--json', '--pack-destination', archives], folder),
  );
  tarballs.set(name, path.resolve(archives, packed.filename));
  const files = packed.files.map((file) => file.path);
  for (const wanted of ['README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts'])
    if (!files.includes(wanted)) faults.push(`${name}: its tarball lacks ${wanted}`);
  for (const file of files)
    if (/\.(test|test-d|arbitrary)\.|(^|\/)src\//.test(file))
      faults.push(`${name}: it would publish ${file}`);
}

for (const { name, folder, manifest } of published) {
  const row = { package: name };
  rows.push(row);
  const judge = (title, outcome, detail) => {
    row[title] = outcome ? 'ok' : 'FAILED';
    if (!outcome) faults.push(`${name}: ${title}\n${detail}`);
  };
  const tarball = tarballs.get(name);
  const lint = call('pnpm', ['exec', 'publint', '--strict', tarball], root);
  judge('manifest', lint.status === 0, lint.stdout + lint.stderr);
  const types = call('pnpm', ['exec', 'attw', tarball, '--profile', 'esm-only'], root);
  judge('types', types.status === 0, types.stdout + types.stderr);

  const home = path.join(scratch, name.replace('/', '-'));
  mkdirSync(home);
  writeFileSync(path.join(home, 'package.json'), '{ "private": true, "type": "module" }\n');
  const needed = workspaceClosure(name, packages).map((each) => tarballs.get(each));
  const install = call('npm', ['install', '--no-audit', '--no-fund', ...needed], home);
  judge('install', install.status === 0, install.stdout + install.stderr);

  const program = readmeProgram(path.join(folder, 'README.md'));
  if (program !== undefined) writeFileSync(path.join(home, 'program.mjs'), program);
  else faults.push(`${name}: its README has no program (a first block fenced as js or ts)`);
  const entries = Object.keys(manifest.exports)
    .filter((entry) => entry !== './package.json')
    .map((entry) => `await import('${name}${entry.slice(1)}');`);
  writeFileSync(path.join(home, 'entries.mjs'), entries.join('\n'));
  copyFileSync(
    path.join(root, 'scripts', 'engine-conformance.mjs'),
    path.join(home, 'conformance.mjs'),
  );
  for (const { major, program: node } of nodes) {
    const results = [
      call(node, ['entries.mjs'], home),
      ...(program === undefined ? [] : [call(node, ['program.mjs'], home)]),
      // The engine itself, on every Node: what it computes depends on the instructions there.
      ...(name === '@gradus/testing' ? [call(node, ['conformance.mjs'], home)] : []),
      ...Object.keys(manifest.bin ?? {}).map((bin) =>
        call(node, [path.join('node_modules', '.bin', bin), '--help'], home),
      ),
    ];
    const bad = results.find((each) => each.status !== 0);
    judge(`node ${major}`, program !== undefined && !bad, bad ? bad.stdout + bad.stderr : '');
  }
}

console.table(Object.fromEntries(rows.map(({ package: name, ...row }) => [name, row])));
rmSync(scratch, { recursive: true });
if (faults.length > 0) {
  console.error(`${faults.length} faults\n\n${faults.join('\n\n')}`);
  process.exit(1);
}
console.log(`${rows.length} packages install and run alone.`);
