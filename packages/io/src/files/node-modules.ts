import { GradusError } from '@gradus/tensor';

// The comments keep bundlers for the browser from looking for Node's modules; the imports wait inside functions, so
// that the package loads where there are none.

/** Node's file system. @throws GradusError where there is none. */
export async function nodeFiles(): Promise<typeof import('node:fs')> {
  return await import(/* webpackIgnore: true */ /* @vite-ignore */ 'node:fs').catch(noNode);
}

/** Node's functions on paths. @throws GradusError where there are none. */
export async function nodePaths(): Promise<typeof import('node:path')> {
  return await import(/* webpackIgnore: true */ /* @vite-ignore */ 'node:path').catch(noNode);
}

function noNode(): never {
  throw new GradusError('file/no-node', 'Paths can be read and written in Node only.', {
    got: 'a program that runs without the file system of Node, such as one in a browser',
    expected: 'Node 20 or later',
    fix: 'in a browser pass text or bytes (parseCsv, parseNpy, ...), and offer the results of format... for download',
  });
}
