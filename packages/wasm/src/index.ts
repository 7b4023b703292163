export { createBackend, probeFeatures } from './backend.js';
