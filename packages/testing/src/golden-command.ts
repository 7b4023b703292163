#!/usr/bin/env node
import { goldenReport, goldenTotals } from './golden/report.js';
import { runGoldenFolder } from './golden/run-folder.js';

const usage =
  'Usage: gradus-golden FOLDER\nRuns the golden cases of a folder: *.json and layers/*.json.';
const [folder] = process.argv.slice(2);
if (folder === '--help' || folder === '-h') {
  console.log(usage);
} else if (folder === undefined) {
  console.error(usage);
  process.exitCode = 2;
} else {
  try {
    const files = await runGoldenFolder(folder);
    console.log(goldenReport(files));
    if (!goldenTotals(files).includes(' 0 failed')) process.exitCode = 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 2;
  }
}
