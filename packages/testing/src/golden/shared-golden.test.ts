import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { goldenReport } from './report.js';
import { runGoldenFolder } from './run-folder.js';

/** All golden numbers, beside the repository where somebody has put them. */
const folder = fileURLToPath(new URL('../../../../../shared/keras-golden', import.meta.url));

it.skipIf(!existsSync(folder))(
  'agrees with all golden numbers of Keras 3.15.1 (skipped where the large set is absent)',
  async () => {
    const files = await runGoldenFolder(folder);
    const failed = files
      .flatMap(({ outcomes }) => outcomes)
      .filter(({ status }) => status === 'failed');
    expect(
      failed.map(({ name, reasons }) => `${name}: ${reasons.join('; ')}`),
      goldenReport(files),
    ).toEqual([]);
  },
  60_000,
);
