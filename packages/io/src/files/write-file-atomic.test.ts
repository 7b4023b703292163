import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFileAtomic } from './write-file-atomic.js';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradus-io-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('writeFileAtomic', () => {
  it('makes a file, replaces it, and leaves nothing else in the folder', async () => {
    const path = join(folder, 'a.bin');
    await writeFileAtomic(path, Uint8Array.of(1, 2));
    await writeFileAtomic(path, 'text é');
    expect(await readFile(path, 'utf8')).toBe('text é');
    expect(await readdir(folder)).toEqual(['a.bin']);
  });

  it('keeps the permissions of a file, and a link a link', async () => {
    const path = join(folder, 'a.bin');
    await writeFileAtomic(path, 'one');
    await chmod(path, 0o600);
    await symlink(path, join(folder, 'link'));
    await writeFileAtomic(join(folder, 'link'), 'two');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await lstat(join(folder, 'link'))).isSymbolicLink()).toBe(true);
    expect(await readFile(path, 'utf8')).toBe('two');
  });

  it('removes its temporary file when the name cannot be taken', async () => {
    await mkdir(join(folder, 'taken'));
    await expect(writeFileAtomic(join(folder, 'taken'), 'x')).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['taken']);
  });

  it('leaves one whole content when several write at once', async () => {
    const path = join(folder, 'a.txt');
    const contents = Array.from({ length: 8 }, (_, i) => String(i).repeat(50_000));
    await Promise.all(contents.map((content) => writeFileAtomic(path, content)));
    expect(contents).toContain(await readFile(path, 'utf8'));
    expect(await readdir(folder)).toEqual(['a.txt']);
  });
});
