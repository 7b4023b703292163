export { createBackend, probeFeatures, wasm, wasmBackend } from './backend.js';
export { MemoryError } from './engine/linear-memory.js';
export { ThreadError } from './engine/pool.js';
export { getThreads, setThreads } from './engine/settings.js';
export type { WasmOptions } from './engine/settings.js';
export type { Features } from './features.js';
