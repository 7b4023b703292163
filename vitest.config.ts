import { defineConfig } from 'vitest/config';

// One process over all packages: four times faster than one process each.
export default defineConfig({
  test: { projects: ['packages/*', 'apps/*', 'bench'], passWithNoTests: true },
});
