import { FormatError, ValueError } from '@gradus/tensor';
import type { OptionNames } from '../expect-options.js';
import { expectOptions } from '../expect-options.js';
import { expectPath } from './expect-path.js';
import type { Callback, TrainingContext } from './callback.js';

/** Options of {@link backupAndRestore}. */
export interface BackupAndRestoreOptions {
  /** After every epoch, or after so many batches. Default 'epoch'. */
  readonly saveFreq?: 'epoch' | number;
  /** Keep the backup before the last one too, for when the last cannot be read. Default false. */
  readonly doubleCheckpoint?: boolean;
  /** Remove the backup when training has come to its end. Default true. */
  readonly deleteCheckpoint?: boolean;
}

interface Backup {
  readonly epoch: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const files = async () => (await (await import('@gradus/io')).nodeFiles()).promises;

const optionNames: OptionNames<BackupAndRestoreOptions> = {
  deleteCheckpoint: true,
  doubleCheckpoint: true,
  saveFreq: true,
};

/**
 * Backs training up, so that it goes on after a crash: run the same program again, and training begins with the epoch after
 * the backup, with the weights and the optimizer as they were then. The backup is one file, written whole or not at all.
 *
 * A backup within an epoch begins that epoch again, as in Keras.
 *
 * @param folder where the backup is kept; made when missing, and removed at the end of training.
 * @throws ValueError for an empty folder or an impossible `saveFreq`.
 * @example
 * await model.fit(x, y, { epochs: 100, callbacks: [backupAndRestore('backup')] });
 *
 * Source: Keras 3, `keras.callbacks.BackupAndRestore`.
 */
export function backupAndRestore(folder: string, options: BackupAndRestoreOptions = {}): Callback {
  const { saveFreq = 'epoch', doubleCheckpoint = false, deleteCheckpoint = true } = options;
  expectPath('backupAndRestore', 'folder', folder);
  expectOptions('backupAndRestore', options, optionNames);
  if (saveFreq !== 'epoch' && !(Number.isInteger(saveFreq) && saveFreq > 0))
    throw new ValueError('callback/save-freq', 'backupAndRestore cannot save at such moments.', {
      got: `saveFreq ${String(saveFreq)}`,
      expected: "'epoch' or a whole number of batches, 1 or more",
    });
  const latest = `${folder}/latest.backup`;
  const previous = `${folder}/previous.backup`;
  let epochToBegin = 0;
  let batches = 0;
  let lastBatch = -1;

  async function read(path: string): Promise<Backup | undefined> {
    const { readFile } = await files();
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = new Uint8Array(await readFile(path));
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOENT') return undefined;
      throw error;
    }
    const line = bytes.indexOf(10);
    const head = /^gradus-backup epoch (\d+)$/.exec(
      new TextDecoder().decode(bytes.subarray(0, Math.max(0, line))),
    );
    if (head === null)
      throw new FormatError('callback/backup', `${path} is no backup of a training.`, {
        got: 'another content',
        expected: 'a file that backupAndRestore wrote',
        fix: 'give another folder, or remove the file',
      });
    return { epoch: Number(head[1]), bytes: bytes.slice(line + 1) };
  }

  function restore(backup: Backup, path: string, context: TrainingContext): void {
    context.restore(backup.bytes, path);
    context.startAt(backup.epoch);
    epochToBegin = backup.epoch;
  }

  async function save(context: TrainingContext): Promise<void> {
    const { mkdir, copyFile } = await files();
    const { writeFileAtomic } = await import('@gradus/io');
    await mkdir(folder, { recursive: true });
    // The first backup has none before it.
    if (doubleCheckpoint) await copyFile(latest, previous).catch(() => undefined);
    const head = new TextEncoder().encode(`gradus-backup epoch ${epochToBegin}\n`);
    const body = context.toBytes();
    const all = new Uint8Array(head.length + body.length);
    all.set(head);
    all.set(body, head.length);
    await writeFileAtomic(latest, all);
  }

  return {
    async onTrainBegin(context) {
      [epochToBegin, batches, lastBatch] = [0, 0, -1];
      try {
        const backup = await read(latest);
        if (backup !== undefined) restore(backup, latest, context);
      } catch (error) {
        const before = await read(previous);
        if (before === undefined) throw error;
        context.warn(`${latest} cannot be read; training goes on from the backup before it.`);
        restore(before, previous, context);
      }
    },
    async onTrainBatchEnd(batch, _logs, context) {
      if (saveFreq === 'epoch') return;
      batches += batch > lastBatch ? batch - lastBatch : batch + 1;
      lastBatch = batch;
      if (batches < saveFreq) return;
      batches = 0;
      epochToBegin = context.epoch;
      await save(context);
    },
    async onEpochEnd(epoch, _logs, context) {
      lastBatch = -1;
      epochToBegin = epoch + 1;
      if (saveFreq === 'epoch') await save(context);
    },
    async onTrainEnd() {
      if (!deleteCheckpoint) return;
      const { rm } = await files();
      await rm(latest, { force: true });
      await rm(previous, { force: true });
      const { rmdir } = await files();
      // Other files in the folder are none of ours: then it stays.
      await rmdir(folder).catch(() => undefined);
    },
  };
}
