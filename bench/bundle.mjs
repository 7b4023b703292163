// The size of a start program as a browser gets it: bundled, minified, gzipped; all chunks together.
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { folder } from './runners.mjs';

/** Bytes after gzip of the program and everything it imports, and those of WebAssembly files that it loads beside. */
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
  const parts = (Array.isArray(output) ? output : [output]).flatMap((each) => each.output);
  let bytes = 0;
  for (const part of parts)
    bytes += gzipSync(part.type === 'chunk' ? part.code : part.source, { level: 9 }).length;
  return bytes;
}
