import type { Callback } from './callback.js';

/** Writes the numbers of each epoch to a CSV file, which is whole after every epoch. */
export function csvLogger(path: string, { separator = ',', append = false }: { readonly separator?: string; readonly append?: boolean } = {}): Callback {
  let lines: string[] = [];
  let keys: string[] | undefined;
  return {
    async onTrainBegin() {
      [lines, keys] = [[], undefined];
      if (!append) return;
      const { readFile } = await import('node:fs/promises');
      const text = await readFile(path, 'utf8').catch(() => '');
      lines = text.split('\n').filter((line) => line !== '');
      keys = lines[0]?.split(separator).slice(1);
    },
    async onEpochEnd(epoch, logs) {
      if (keys === undefined) {
        keys = Object.keys(logs).sort();
        // Validation may come in a later epoch only, and a CSV file has one header.
        if (!keys.some((key) => key.startsWith('val_'))) keys = [...keys, ...keys.map((key) => `val_${key}`)];
        lines.push(['epoch', ...keys].join(separator));
      }
      lines.push([epoch, ...keys.map((key) => logs[key] ?? 'NA')].join(separator));
      const { writeFileAtomic } = await import('@gradus/io');
      await writeFileAtomic(path, `${lines.join('\n')}\n`);
    },
  };
}
