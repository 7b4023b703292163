import { ValueError } from '@gradus/tensor';

/**
 * What kernels write to the status word when an index does not exist: 1 + the number of the kernel's check, above the
 * flat position of the index. 0 means that all is well; the first report stays.
 */
export interface IndexCheck {
  readonly operation: 'take' | 'scatterAdd';
  /** The length of the axis that the indices point into. */
  readonly size: number;
}
