import type { Tensor } from '@gradus/tensor';
import { ShapeError, matmul } from '@gradus/tensor';
import { overSteps } from './gates.js';
import { expectRank, knownLength } from './layer-errors.js';
import type { SymbolicShape } from './symbolic.js';

/** The features of one step's input, `[batch, features]`. */
export function featuresOf(label: string, stepShape: SymbolicShape): number {
  expectRank(label, stepShape, ['batch', 'features']);
  return knownLength(label, stepShape);
}

/**
 * Checks inputs, `[steps, batch, features]`, against the kernel that was built.
 *
 * @throws ShapeError that names both numbers of features.
 */
export function expectFeatures(label: string, inputs: Tensor, kernel: Tensor): void {
  const [features, found] = [kernel.shape[0] as number, inputs.shape.at(-1) as number];
  if (inputs.rank === 3 && found === features) return;
  throw new ShapeError('recurrent/features', `${label} was built for other steps.`, {
    got: `[${inputs.shape.slice(2).join(', ')}] per step`,
    expected: `[${features}] per step`,
    fix: `give it sequences [batch, steps, ${features}], or build the model for those that you have`,
  });
}

/** One input or state times a kernel, for one step or for all. */
export function timesKernel(x: Tensor, kernel: Tensor): Tensor {
  return x.rank > 2 ? overSteps(x, (flat) => matmul(flat, kernel)) : matmul(x, kernel);
}
