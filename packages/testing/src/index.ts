/** The conformance kit: golden numbers of Keras, gradient checks, and suites for backends and layers. */
export type { GoldenCase, Saved, Tolerance } from './golden/format.js';
export { goldenReport, goldenTotals } from './golden/report.js';
export { runCase } from './golden/run-case.js';
export type { Outcome } from './golden/run-case.js';
export { runGoldenFolder } from './golden/run-folder.js';
export type { FileOutcomes } from './golden/run-folder.js';
export type { Check } from './check.js';
export { checkGradient } from './gradient-check.js';
export type { GradientCheckOptions } from './gradient-check.js';
export { programCases } from './backend-cases.js';
export type { ProgramCase } from './backend-cases.js';
export { backendSuite } from './backend-suite.js';
export type { BackendSuiteOptions } from './backend-suite.js';
export { layerSuite } from './layer-suite.js';
export type { LayerSuiteOptions } from './layer-suite.js';
export { randomGraphSuite } from './random-graph-suite.js';
export type { RandomGraphSuiteOptions } from './random-graph-suite.js';
