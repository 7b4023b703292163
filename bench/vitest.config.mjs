import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'bench',
    environment: 'node',
    include: ['*.test.mjs', 'peers/*.test.mjs'],
    exclude: ['**/node_modules/**', '**/.venv/**'],
  },
});
