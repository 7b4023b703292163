// Who may import whom. The direction of packages is the design: a layer that imports an
// optimizer, or a tensor that imports a model, is a fault even when it compiles.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { readPackages, root } from './packages.mjs';

const siblings = ['layers', 'losses', 'optimizers', 'metrics', 'data', 'io'];
const scoped = (names) => names.map((name) => `@gradus/${name}`);
const engine = scoped(['tensor', 'wasm', ...siblings, 'models']);

/** For each package, the workspace packages it may know. Siblings know only the tensor. */
const allowed = {
  '@gradus/tensor': [],
  ...Object.fromEntries(siblings.map((name) => [`@gradus/${name}`, ['@gradus/tensor']])),
  '@gradus/wasm': ['@gradus/tensor'],
  '@gradus/models': scoped(['tensor', 'wasm', ...siblings]),
  '@gradus/testing': scoped([
    'tensor',
    'wasm',
    'layers',
    'losses',
    'optimizers',
    'metrics',
    'models',
  ]),
  gradus: engine,
  '@gradus/demo': ['gradus', ...engine],
  // What a user writes, who installed one package.
  '@gradus/examples': ['gradus'],
};
/** Packages that run in a browser without a bundler's help: they never name a Node module. */
const nodeFree = new Set(scoped(['tensor', 'wasm', 'layers', 'losses', 'optimizers', 'metrics']));

const packages = readPackages();
const faults = [];

/** Every `.ts` file under a folder. */
const sources = (folder) =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(folder, file));

/** Module names in import and export statements and import() calls; doc comments are left out. */
function importsOf(file) {
  const code = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => !/^\s*(\*|\/\*|\/\/)/.test(line))
    .join('\n');
  const patterns = [
    /^(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]/gm,
    /^import\s*['"]([^'"]+)['"]/gm,
    /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
  ];
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1]));
}

/** Files that are published: what the entries in tsconfig.build.json reach. The others are for tests. */
function publishedFiles(folder) {
  const build = path.join(folder, 'tsconfig.build.json');
  // What is never built is run as it is: all of it but the tests.
  if (!existsSync(build))
    return new Set(sources(path.join(folder, 'src')).filter((file) => !file.endsWith('.test.ts')));
  const { include } = JSON.parse(readFileSync(build, 'utf8'));
  const found = new Set();
  const visit = (file) => {
    if (found.has(file) || !existsSync(file)) return;
    found.add(file);
    for (const specifier of importsOf(file))
      if (specifier.startsWith('.'))
        visit(path.resolve(path.dirname(file), specifier.replace(/\.js$/, '.ts')));
  };
  for (const entry of include) visit(path.join(folder, entry));
  return found;
}

const packageOf = (specifier) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

for (const { name, folder, manifest } of packages) {
  const known = allowed[name];
  if (!known) {
    faults.push(`${name}: not listed in scripts/check-boundaries.mjs; say there what it may know`);
    continue;
  }
  const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  const forTests = [...declared, ...Object.keys(manifest.devDependencies ?? {})];
  for (const dependency of forTests) {
    if (packages.some((each) => each.name === dependency) && !known.includes(dependency))
      faults.push(`${name}: its manifest names ${dependency}, which it may not know`);
  }
  const used = new Set();
  const published = publishedFiles(folder);
  for (const file of sources(path.join(folder, 'src'))) {
    const where = path.relative(root, file);
    const isTest = !published.has(file);
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith('.')) {
        if (!path.resolve(path.dirname(file), specifier).startsWith(path.join(folder, 'src')))
          faults.push(`${where}: "${specifier}" leaves the package; import it by its name`);
        else if (!/\.(js|json)$/.test(specifier))
          faults.push(`${where}: "${specifier}" lacks its .js ending; Node would not find it`);
        continue;
      }
      if (specifier.startsWith('node:') || builtinModules.includes(specifier)) {
        if (!isTest && nodeFree.has(name))
          faults.push(`${where}: "${specifier}" exists only in Node; ${name} runs in browsers too`);
        else if (!specifier.startsWith('node:'))
          faults.push(`${where}: write "node:${specifier}", so that bundlers know it`);
        continue;
      }
      const target = packageOf(specifier);
      if (target === name) continue;
      const isOurs = packages.some((each) => each.name === target);
      if (!isTest) used.add(target);
      if (isOurs && !known.includes(target))
        faults.push(
          `${where}: ${name} may not import ${target} (may: ${known.join(', ') || 'none'})`,
        );
      else if (!(isTest ? forTests : declared).includes(target))
        faults.push(`${where}: "${specifier}" is not declared in the manifest of ${name}`);
    }
  }
  // What is published must be honest about what it needs; an app installs nothing for others.
  for (const dependency of manifest.private ? [] : Object.keys(manifest.dependencies ?? {}))
    if (!used.has(dependency)) faults.push(`${name}: declares ${dependency} but never imports it`);
}

if (faults.length > 0) {
  console.error(`Package boundaries: ${faults.length} faults\n  ${faults.join('\n  ')}`);
  process.exit(1);
}
console.log(`Package boundaries: ${packages.length} packages keep their direction.`);
