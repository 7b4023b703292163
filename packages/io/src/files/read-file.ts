import { FormatError } from '@gradus/tensor';
import { nodeFiles, nodePaths } from './node-modules.js';

/** The bytes of a file, with a missing file told as the library tells everything: what, where, and what to do. */
export async function readFileBytes(path: string): Promise<Uint8Array> {
  const { promises } = await nodeFiles();
  try {
    const bytes = await promises.readFile(path);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (error) {
    throw await missingFile(path, error);
  }
}

/** The error to throw for a path that could not be opened; other failures come back unchanged. */
export async function missingFile(path: string, error: unknown): Promise<unknown> {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) return error;
  const { resolve } = await nodePaths();
  return new FormatError('file/missing', `There is no file ${path}.`, {
    got: resolve(path),
    expected: 'the path of a file that exists',
    fix: 'check the spelling; relative paths start at the folder that the program was started in',
  });
}
