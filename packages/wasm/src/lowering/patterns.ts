import type { Pattern } from './pattern.js';

/** What is looked for in a graph, in this order: kernels that take several nodes come before those that take one. */
export const patterns: readonly Pattern[] = [];
