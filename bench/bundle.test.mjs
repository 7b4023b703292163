import { expect, test } from 'vitest';
import { loadedAtOnce } from './bundle.mjs';

test('what a page loads at once is the entry and all that follows from it without being asked for', () => {
  const chunk = (fileName, imports = [], isEntry = false) => ({ fileName, imports, isEntry });
  const chunks = [
    chunk('entry.js', ['core.js', 'node:fs'], true),
    chunk('core.js', ['base.js']),
    chunk('base.js', ['core.js']),
    chunk('on-demand.js', ['core.js']),
  ];
  expect(loadedAtOnce(chunks).map(({ fileName }) => fileName)).toEqual([
    'entry.js',
    'core.js',
    'base.js',
  ]);
});
