import type { Features } from '../features.js';
import type { Lowered } from '../program/kernel-plan.js';
import type { GraphView } from './graph-view.js';

/** Tries to turn node `index`, and others that belong to it, into kernels; undefined when it is not what it knows. */
export type Pattern = (view: GraphView, index: number, features: Features) => Lowered | undefined;
