import { emit } from '../emit.js';
import * as window from '../primitives/window.js';
import type { FoldParams, WindowParams } from '../primitives/window.js';
import type { Tensor } from '../tensor.js';

/**
 * All windows of a sliding kernel: x `[batch, ...spatial, channels]` becomes
 * `[batch, ...positions, product(kernel), channels]`. Outside of the data it reads zeros.
 *
 * @throws ShapeError when the kernel does not have one number for each spatial axis.
 */
export function unfold(x: Tensor, params: WindowParams): Tensor {
  return emit(window.unfold, [x], params);
}

/** The adjoint of `unfold`: puts windows back to an image of size `spatial`, adding up where they overlap. */
export function fold(x: Tensor, params: FoldParams): Tensor {
  return emit(window.fold, [x], params);
}
