// The size of a start program as a browser gets it: bundled, minified, gzipped.
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { folder } from './runners.mjs';

/** Chunks that a page loads before the program runs: the entry and what it imports, and what those import. */
export function loadedAtOnce(chunks) {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const found = new Set();
  const visit = (name) => {
    if (found.has(name) || !byName.has(name)) return;
    found.add(name);
    for (const next of byName.get(name).imports) visit(next);
  };
  for (const chunk of chunks) if (chunk.isEntry) visit(chunk.fileName);
  return [...found].map((name) => byName.get(name));
}

/**
 * Bytes after gzip of a program and everything that it imports: `atOnce`, and `all` with the parts that are loaded only
 * when asked for. Files that a library fetches by itself (`.wasm`) are in neither.
 */
export async function bundleBytes(file) {
  const output = await build({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: true,
      target: 'es2022',
      modulePreload: false,
      reportCompressedSize: false,
      rollupOptions: {
        input: path.join(folder, file),
        // What only runs in Node is never sent to a browser.
        external: [/^node:/],
      },
    },
  });
  const chunks = (Array.isArray(output) ? output : [output])
    .flatMap((each) => each.output)
    .filter(({ type }) => type === 'chunk');
  const bytes = (some) =>
    some.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0);
  return { atOnce: bytes(loadedAtOnce(chunks)), all: bytes(chunks) };
}
