// Runs the backend suite and random programs on the installed packages: plain SIMD, relaxed SIMD and wide kernels, on one
// and two threads, whatever this Node has. check-packages.mjs runs it on every Node that is supported.
import { backendSuite, randomGraphSuite } from '@gradus/testing';
import { createBackend, probeFeatures } from '@gradus/wasm';

const shared = { worthSharingUs: 0, startAfterUs: 0 };
const backends = {
  'plain SIMD': createBackend({ relaxed: false, shared: false, wide: false }),
  'all that this Node has': createBackend(probeFeatures({ threads: false, wide: true })),
  'two threads': createBackend(probeFeatures({ threads: true, wide: false }), {
    threads: 2,
    ...shared,
  }),
};
let failed = 0;
for (const [name, backend] of Object.entries(backends)) {
  let passed = 0;
  for (const check of [...backendSuite(backend), ...randomGraphSuite(backend, { programs: 60 })]) {
    try {
      check.run();
      passed++;
    } catch (error) {
      failed++;
      console.error(`${name}: ${check.name}: ${error.message}`);
    }
  }
  console.log(`${name}: ${passed} passed on Node ${process.version}`);
}
process.exit(failed === 0 ? 0 : 1);
