import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dense } from '@gradus/layers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sequential } from '../sequential.js';
import type { Sequential } from '../sequential.js';
import { backupAndRestore } from './backup-and-restore.js';
import { lambdaCallback } from './lambda-callback.js';

let folder = '';
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'gradus-backup-')), 'backup');
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

const x = [[0], [1], [2], [3]];
const y = [0, 2, 4, 6];
const line = (): Sequential =>
  sequential([dense({ units: 1 })], { inputShape: [1] }).compile({
    optimizer: 'adam',
    loss: 'mse',
  });
const crash = (epoch: number) =>
  lambdaCallback({
    onEpochBegin: (now) => {
      if (now === epoch) throw new Error('out of power');
    },
  });
const options = { epochs: 4, batchSize: 2, verbose: 0 } as const;

describe('backupAndRestore', () => {
  it('goes on after a crash as if there had been none', async () => {
    const whole = line();
    await whole.fit(x, y, options);
    await expect(
      line().fit(x, y, { ...options, callbacks: [backupAndRestore(folder), crash(2)] }),
    ).rejects.toThrow('out of power');
    const again = line();
    const { epoch } = await again.fit(x, y, { ...options, callbacks: [backupAndRestore(folder)] });
    expect(epoch).toEqual([2, 3]);
    expect(again.getWeights().map((w) => w.toArray())).toEqual(
      whole.getWeights().map((w) => w.toArray()),
    );
    expect(existsSync(folder)).toBe(false);
  });

  it('backs up within an epoch, and begins that epoch again', async () => {
    const each = backupAndRestore(folder, { saveFreq: 1, deleteCheckpoint: false });
    await expect(line().fit(x, y, { ...options, callbacks: [each, crash(1)] })).rejects.toThrow(
      'out of power',
    );
    const { epoch } = await line().fit(x, y, { ...options, callbacks: [each] });
    expect(epoch).toEqual([0, 1, 2, 3]);
    expect(existsSync(join(folder, 'latest.backup'))).toBe(true);
  });

  it('falls back to the backup before when the last is broken', async () => {
    const twice = backupAndRestore(folder, { doubleCheckpoint: true });
    await expect(line().fit(x, y, { ...options, callbacks: [twice, crash(2)] })).rejects.toThrow(
      'out of power',
    );
    await writeFile(join(folder, 'latest.backup'), 'broken');
    const { epoch } = await line().fit(x, y, { ...options, callbacks: [twice] });
    expect(epoch).toEqual([1, 2, 3]);
  });

  it('refuses what it did not write, and impossible moments', async () => {
    await expect(
      line().fit(x, y, { ...options, callbacks: [backupAndRestore(folder), crash(1)] }),
    ).rejects.toThrow();
    await writeFile(join(folder, 'latest.backup'), 'notes');
    const fit = line().fit(x, y, { ...options, callbacks: [backupAndRestore(folder)] });
    await expect(fit).rejects.toThrow('callback/backup');
    expect(await readFile(join(folder, 'latest.backup'), 'utf8')).toBe('notes');
    expect(() => backupAndRestore(folder, { saveFreq: 0 })).toThrow('callback/save-freq');
    expect(() => backupAndRestore('')).toThrow('callback/path');
  });
});
