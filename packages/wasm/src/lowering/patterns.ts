import { argExtremePattern } from './along-axis/arg-extreme.js';
import { argSortPattern } from './along-axis/arg-sort.js';
import { cumsumPattern } from './along-axis/cumsum.js';
import { groupedConvPattern, groupedWindowsPattern } from './conv/conv-grouped.js';
import { convInputGradientPattern, convPattern, convWindowsPattern } from './conv/conv.js';
import { gatherPattern } from './indexing/gather.js';
import { scatterAddPattern } from './indexing/scatter-add.js';
import { matmulPattern } from './matmul/matmul.js';
import type { Pattern } from './pattern.js';
import { randomBitsPattern } from './random-bits.js';
import { scanPattern } from './scan/scan-kernel.js';
import { sumPoolGradientPattern, sumPoolPattern, windowsPattern } from './windows/copy-windows.js';
import { maxPoolPattern } from './windows/max-pool.js';

/** What is looked for in a graph, in this order: kernels that take several nodes come before those that take one. */
export const patterns: readonly Pattern[] = [
  convWindowsPattern,
  groupedWindowsPattern,
  groupedConvPattern,
  convPattern,
  convInputGradientPattern,
  matmulPattern,
  maxPoolPattern,
  sumPoolPattern,
  sumPoolGradientPattern,
  // Convolutions take their windows themselves; this one takes what nobody else does.
  windowsPattern,
  gatherPattern,
  scatterAddPattern,
  argExtremePattern,
  argSortPattern,
  cumsumPattern,
  randomBitsPattern,
  scanPattern,
];
