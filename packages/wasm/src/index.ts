export { createBackend, probeFeatures, wasmBackend } from './backend.js';
