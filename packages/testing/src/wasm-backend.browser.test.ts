import { createBackend, probeFeatures } from '@gradus/wasm';
import { describe, it } from 'vitest';
import { backendSuite } from './backend-suite.js';

describe('the WASM backend in a browser', () => {
  const features = probeFeatures({ threads: true, wide: true });
  for (const { name, run } of backendSuite(createBackend(features))) it(name, run);
});
