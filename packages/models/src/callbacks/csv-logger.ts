import { FormatError } from '@gradus/tensor';
import type { OptionNames } from '../expect-options.js';
import { expectOptions } from '../expect-options.js';
import { expectPath } from './expect-path.js';
import type { Callback } from './callback.js';
import { floatText } from './float-text.js';

/** Options of {@link csvLogger}. */
export interface CsvLoggerOptions {
  /** Between the columns. Default ','. */
  readonly separator?: string;
  /** Go on with a file that is there, under its header. Default false: begin anew. */
  readonly append?: boolean;
}

/** The lines of a log that is there; none without a file. */
async function linesOf(path: string): Promise<string[]> {
  const { readFileBytes } = await import('@gradus/io');
  try {
    const text = new TextDecoder().decode(await readFileBytes(path));
    return text.split(/\r?\n/).filter((line) => line !== '');
  } catch (error) {
    if (error instanceof FormatError && error.code === 'file/missing') return [];
    throw error;
  }
}

const optionNames: OptionNames<CsvLoggerOptions> = { append: true, separator: true };

/**
 * Writes the numbers of each epoch to a CSV file with the columns `epoch` (from 0) and the sorted keys of the logs. The file
 * is replaced as a whole after every epoch, so that a crash leaves the log of all epochs before it. What an epoch lacks is
 * `NA`; numbers are written as Python does, lines end as RFC 4180 has it. When the first epoch was not validated, `val_` columns are kept free, because a file has one header.
 *
 * @throws FormatError at the begin of training, when the file to append to has no column `epoch`.
 * @example
 * await model.fit(x, y, { epochs: 3, callbacks: [csvLogger('training.csv')] });
 *
 * Source: Keras 3, `keras.callbacks.CSVLogger`.
 */
export function csvLogger(path: string, options: CsvLoggerOptions = {}): Callback {
  expectPath('csvLogger', 'file', path);
  expectOptions('csvLogger', options, optionNames);
  const { separator = ',', append = false } = options;
  let lines: string[] = [];
  let keys: string[] | undefined;
  return {
    async onTrainBegin() {
      [lines, keys] = [append ? await linesOf(path) : [], undefined];
      const header = lines[0]?.split(separator);
      if (header === undefined) return;
      if (header[0] !== 'epoch')
        throw new FormatError(
          'callback/csv-header',
          `${path} is not a log that could be continued.`,
          {
            got: `the header ${lines[0] as string}`,
            expected: `epoch${separator}...`,
            fix: 'use the separator of the file, another path, or append: false',
          },
        );
      keys = header.slice(1);
    },
    async onEpochEnd(epoch, logs) {
      if (keys === undefined) {
        keys = Object.keys(logs).sort();
        if (!keys.some((key) => key.startsWith('val_')))
          keys = [...keys, ...keys.map((key) => `val_${key}`)];
        lines.push(['epoch', ...keys].join(separator));
      }
      const cells = keys.map((key) => (logs[key] === undefined ? 'NA' : floatText(logs[key])));
      lines.push([epoch, ...cells].join(separator));
      const { writeFileAtomic } = await import('@gradus/io');
      await writeFileAtomic(path, `${lines.join('\r\n')}\r\n`);
    },
  };
}
