import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { browserProjects } from './vitest.browser.ts';

// `npm test` looks for Chromium, or brings it, and says where it is; an empty path says that there is none.
const hasChromium = existsSync(process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium');

// One process over all packages: four times faster than one process each.
export default defineConfig({
  test: {
    projects: [
      'packages/*',
      'apps/*',
      'examples',
      'bench',
      ...(hasChromium ? browserProjects : []),
    ],
    passWithNoTests: true,
  },
});
