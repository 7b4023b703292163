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
