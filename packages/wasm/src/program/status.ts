import { indexError } from '@gradus/tensor/backend';
import type { ValueError } from '@gradus/tensor';

/**
 * What kernels report when an index does not exist, as 32-bit words from `KernelContext.status` on. The first report of a
 * run stays; kernels go on with an index that exists, and the engine throws when the run is over.
 */
export const statusWords = {
  /** 0 when all is well, or 1 + the flat position of the index. */
  position: 0,
  /** The index. */
  index: 1,
  /** The length of the axis it points into. */
  size: 2,
  /** Which of `operations` found it. */
  operation: 3,
  count: 4,
} as const;

/** The primitives that take indices, by the names that their errors use. */
const operations = ['take', 'scatterAdd'] as const;

/** A primitive that takes indices. */
export type IndexOperation = (typeof operations)[number];

/** How the words name it. */
export function operationCode(operation: IndexOperation): number {
  return operations.indexOf(operation);
}

/** The error that the words report, or undefined; forgets the report. */
export function takeStatus(words: Int32Array): ValueError | undefined {
  const [position, index, size, operation] = words as unknown as readonly [
    number,
    number,
    number,
    number,
  ];
  if (position === 0) return undefined;
  words.fill(0);
  return indexError(operations[operation] ?? 'take', index, position - 1, size);
}
