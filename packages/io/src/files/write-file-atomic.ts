import { nodeFiles, nodePaths } from './node-modules.js';

/**
 * Writes a file so that a reader, or a crash in the middle, sees the old content or the new one and never a part.
 * The bytes go to a hidden temporary file in the same folder, are flushed to the disk, and then take the name.
 *
 * @param path the file to make or replace; its folder must exist. A link is followed, and a replaced file's
 *   permissions are kept.
 * @param content bytes, or text that is written as UTF-8.
 * @throws the file system's error; the temporary file is gone then and the old content untouched.
 * @example
 * import { writeFileAtomic } from '@gradus/io';
 * await writeFileAtomic('notes.txt', 'kept whole');
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  const { promises: fs } = await nodeFiles();
  const { basename, dirname, join } = await nodePaths();
  const target = await fs.realpath(path).catch(() => path);
  const folder = dirname(target);
  // Two writers of the same file, in one process or several, must not share a temporary name.
  const unique = Math.random().toString(36).slice(2);
  const temporary = join(folder, `.${basename(target)}.${unique}.tmp`);
  const replaced = await fs.stat(target).catch(() => undefined);

  const file = await fs.open(temporary, 'wx');
  try {
    try {
      if (replaced !== undefined) await file.chmod(replaced.mode & 0o777);
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.rename(temporary, target);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Makes the new name last too. Best effort: some systems refuse to open a folder, and the content is safe anyway. */
async function syncFolder(folder: string): Promise<void> {
  const { promises: fs } = await nodeFiles();
  try {
    const handle = await fs.open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // Windows has no such call.
  }
}
