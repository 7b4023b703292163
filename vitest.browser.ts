import { playwright } from '@vitest/browser-playwright';
import { defaultClientConditions } from 'vite';
import type { TestProjectInlineConfiguration } from 'vitest/config';

/** Headers with which a page may share memory between threads. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

function project(name: string, headers: Record<string, string>): TestProjectInlineConfiguration {
  return {
    resolve: { conditions: ['gradus-source', ...defaultClientConditions] },
    server: { headers },
    // Two servers that prepare dependencies in one folder disturb each other.
    cacheDir: `node_modules/.vite/${name.replaceAll(/\W+/g, '-')}`,
    test: {
      name,
      include: ['packages/*/src/**/*.browser.test.ts'],
      exclude: ['**/node_modules/**', '**/dist/**'],
      testTimeout: 60_000,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({
          launchOptions: {
            executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
            // A container runs it as root and has little shared memory.
            args: ['--no-sandbox', '--disable-dev-shm-usage'],
          },
        }),
        instances: [{ browser: 'chromium' }],
      },
    },
  };
}

/** The tests that run in Chromium: once on a page that is isolated from other origins, once on one that is not. */
export const browserProjects: TestProjectInlineConfiguration[] = [
  project('chromium', isolation),
  project('chromium, not isolated', {}),
];
