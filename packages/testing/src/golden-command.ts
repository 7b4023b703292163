#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { useEngine } from '@gradus/models';
import { getDefaultBackend, setDefaultBackend } from '@gradus/tensor';
import { referenceBackend } from '@gradus/tensor/backend';
import { goldenReport, goldenTotals } from './golden/report.js';
import { runGoldenFolder } from './golden/run-folder.js';

const usage = `Usage: gradus-golden FOLDER [--backend reference|default]
Runs the golden cases of a folder: *.json and layers/*.json.

--backend reference  layers, losses, metrics and the like at once, models on the reference backend
--backend default    all of them recorded, compiled and run on the backend that models use by default
Without it, models run on their default backend and all else at once. What draws first values is never compiled.`;

function readArguments(): { folder: string; backend: string | undefined } | string | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { backend: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help === true) return undefined;
    const [folder, ...more] = positionals;
    if (folder === undefined || more.length > 0) return usage;
    const known = values.backend === undefined || ['reference', 'default'].includes(values.backend);
    if (!known) return `There is no backend "${values.backend}" to choose.\n${usage}`;
    return { folder, backend: values.backend };
  } catch (error) {
    return `${(error as Error).message}\n${usage}`;
  }
}

const given = readArguments();
if (given === undefined) console.log(usage);
else if (typeof given === 'string') {
  console.error(given);
  process.exitCode = 2;
} else {
  try {
    if (given.backend === 'reference') setDefaultBackend(referenceBackend);
    else useEngine();
    const isCompiled = given.backend === 'default';
    const files = await runGoldenFolder(given.folder, { isCompiled });
    console.log(goldenReport(files));
    if (isCompiled) console.error(`Compiled and run by the backend "${getDefaultBackend().name}".`);
    if (!goldenTotals(files).includes(' 0 failed')) process.exitCode = 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  }
}
