// What the workspace holds: read from the manifests, so that no script keeps a second list.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Every package and app of the workspace: `{ name, folder, manifest }`, sorted by folder. */
export function readPackages() {
  const grouped = ['packages', 'apps'].flatMap((group) =>
    readdirSync(path.join(root, group))
      .sort()
      .map((name) => path.join(root, group, name)),
  );
  return [...grouped, path.join(root, 'examples')]
    .filter((folder) => existsSync(path.join(folder, 'package.json')))
    .map((folder) => {
      const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
      return { name: manifest.name, folder, manifest };
    });
}

/** Names of the workspace packages that one package needs at run time, itself first. */
export function workspaceClosure(name, packages) {
  const byName = new Map(packages.map((each) => [each.name, each]));
  const found = new Set();
  const visit = (current) => {
    if (found.has(current) || !byName.has(current)) return;
    found.add(current);
    for (const next of Object.keys(byName.get(current).manifest.dependencies ?? {})) visit(next);
  };
  visit(name);
  return [...found];
}

/** The program of a README: its first block fenced as `js` or `ts`, or undefined. */
export function readmeProgram(file) {
  if (!existsSync(file)) return undefined;
  return /^```(?:js|ts|javascript|typescript)\b[^\n]*\n([\s\S]*?)^```/m.exec(
    readFileSync(file, 'utf8'),
  )?.[1];
}
