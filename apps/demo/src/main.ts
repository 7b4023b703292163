/** Entry of `npm start`: the tutorial, or, with a file, training on your own table. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { GradusError, ValueError } from '@gradus/tensor';
import { lessonDigits } from './lesson-digits.js';
import { lessonIris } from './lesson-iris.js';
import { lessonNumbers } from './lesson-numbers.js';
import { lessonPicture } from './lesson-picture.js';
import { lessonSave } from './lesson-save.js';
import { heading, say, show } from './narrate.js';
import { ownCsv } from './own-csv.js';

const HELP = `npm start                              the tutorial
npm start -- my.csv --target price     trains on your table to predict the column 'price'

  --target <column>   the column to predict
  --epochs <number>   how often the network sees all rows; by default by the size of the table
  --help              this text

Files are written to the folder gradus-tutorial.`;

const folder = path.resolve('gradus-tutorial');

async function tutorial(): Promise<void> {
  const start = performance.now();
  await mkdir(folder, { recursive: true });
  say('Gradus, the tutorial: how a network learns, from the first number to handwritten digits.');
  const { network, train, test } = await lessonNumbers(folder);
  await lessonPicture(folder, network, train, test);
  await lessonSave(folder, network, test);
  await lessonIris();
  await lessonDigits(folder);

  heading('Where to go from here');
  say(`That took ${((performance.now() - start) / 1000).toFixed(1)} s. All files are in`);
  show(folder);
  show(
    [
      'numbers.csv                  the rows of step 1',
      'network.svg                  the picture of the second network',
      'deep-network.svg             the picture of the deep one',
      'numbers-model.safetensors    the second network',
      'digits-model.safetensors     the reader of digits',
    ].join('\n'),
  );
  say('The lessons are short programs: read them in apps/demo/src. Your own table works too:');
  show('npm start -- my.csv --target price');
}

/** A path is meant from where the command was typed; npm runs scripts in the root of the repository. */
function typedPath(file: string): string {
  const typed = path.resolve(process.env['INIT_CWD'] ?? '.', file);
  return existsSync(typed) ? typed : path.resolve(file);
}

function readArguments(): { file?: string; target?: string; epochs?: number; help: boolean } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      target: { type: 'string' },
      epochs: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [file, extra] = positionals;
  if (extra !== undefined)
    throw new ValueError('demo/arguments', 'One table at a time.', {
      got: positionals.join(', '),
      expected: 'one file',
    });
  const epochs = values.epochs === undefined ? undefined : Number(values.epochs);
  if (epochs !== undefined && !(Number.isInteger(epochs) && epochs > 0))
    throw new ValueError('demo/arguments', '--epochs is a number of rounds.', {
      got: `${values.epochs}`,
      expected: 'a whole number of at least 1',
    });
  return {
    ...(file === undefined ? {} : { file }),
    ...(values.target === undefined ? {} : { target: values.target }),
    ...(epochs === undefined ? {} : { epochs }),
    help: values.help === true,
  };
}

async function main(): Promise<void> {
  const { file, target, epochs, help } = readArguments();
  if (help) {
    console.log(HELP);
    return;
  }
  if (file === undefined && target === undefined) return tutorial();
  if (file === undefined || target === undefined)
    throw new ValueError('demo/arguments', 'A table and the column to predict belong together.', {
      got: file === undefined ? `--target ${target}, but no file` : `${file}, but no --target`,
      expected: 'both',
      fix: 'npm start -- my.csv --target price',
    });
  await ownCsv({
    file: typedPath(file),
    target,
    folder,
    ...(epochs === undefined ? {} : { epochs }),
  });
}

try {
  await main();
} catch (error) {
  // What Gradus says about bad input is meant for readers; a stack would only hide it.
  const isArgument =
    error instanceof TypeError &&
    'code' in error &&
    String(error.code).startsWith('ERR_PARSE_ARGS');
  if (error instanceof GradusError || isArgument) console.error(`\n${(error as Error).message}`);
  else console.error(error);
  process.exitCode = 1;
}
