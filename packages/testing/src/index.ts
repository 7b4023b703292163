/** The conformance kit: golden numbers of Keras, gradient checks, and suites for backends and layers. */
export type { GoldenCase, Saved, Tolerance } from './golden/format.js';
export { goldenReport, goldenTotals } from './golden/report.js';
export { runCase } from './golden/run-case.js';
export type { Outcome } from './golden/run-case.js';
export { runGoldenFolder } from './golden/run-folder.js';
export type { FileOutcomes } from './golden/run-folder.js';
