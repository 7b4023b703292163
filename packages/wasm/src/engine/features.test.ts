import { expect, it } from 'vitest';
import { hasRelaxedSimd, hasThreads, probeFeatures } from './features.js';
import { coreCount, environmentVariable, mayBlock, nodeModule } from './host.js';

it('knows what this Node can do', () => {
  const major = Number(process.versions.node.split('.')[0]);
  expect(hasRelaxedSimd()).toBe(major >= 22);
  expect(hasThreads()).toBe(true);
  expect(mayBlock()).toBe(true);
  expect(probeFeatures({ threads: false, wide: false }).shared).toBe(false);
});

it('asks Node for its modules, cores and environment without importing anything', () => {
  expect(nodeModule('node:os')).toBeDefined();
  expect(nodeModule('node:no-such-module')).toBeUndefined();
  expect(coreCount()).toBeGreaterThanOrEqual(1);
  process.env['GRADUS_TEST_VARIABLE'] = 'on';
  expect(environmentVariable('GRADUS_TEST_VARIABLE')).toBe('on');
  delete process.env['GRADUS_TEST_VARIABLE'];
  expect(environmentVariable('GRADUS_TEST_VARIABLE')).toBeUndefined();
});

it('does without threads where the page is not isolated', () => {
  const scope = globalThis as { crossOriginIsolated?: boolean };
  scope.crossOriginIsolated = false;
  try {
    expect(hasThreads()).toBe(false);
  } finally {
    delete scope.crossOriginIsolated;
  }
});
