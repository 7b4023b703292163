import { createBackend, probeFeatures } from '@gradus/wasm';
import { describe, it } from 'vitest';
import { backendSuite } from './backend-suite.js';

describe('the WASM backend', () => {
  const features = probeFeatures({ threads: false, wide: false });
  for (const { name, run } of backendSuite(createBackend(features))) it(name, run);
});

describe('the WASM backend with plain SIMD', () => {
  for (const { name, run } of backendSuite(
    createBackend({ relaxed: false, shared: false, wide: false }),
  ))
    it(name, run);
});

describe('the WASM backend with wide kernels, where the machine has them', () => {
  const features = probeFeatures({ threads: false, wide: true });
  for (const { name, run } of backendSuite(createBackend(features))) it(name, run);
});

describe('the WASM backend on two threads', () => {
  const features = probeFeatures({ threads: true, wide: false });
  const together = createBackend(features, { threads: 2, worthSharingUs: 0, startAfterUs: 0 });
  for (const { name, run } of backendSuite(together)) it(name, run);
});
