import { computeLoss, lossFromConfig } from '@gradus/losses';
import { grad } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import type { Comparison } from './comparison.js';
import { readTensor, toleranceOf } from './format.js';
import type { GoldenCase, Saved } from './format.js';
import { translateConfig } from './keras-names.js';

interface LossCase extends GoldenCase {
  readonly yTrue: Saved;
  readonly yPred: Saved;
  readonly sampleWeight?: Saved | null;
  readonly mask?: Saved | null;
  readonly output: Saved;
  readonly gradient: Saved;
  readonly cotangent?: Saved | null;
  readonly ambiguousOutputIndices?: readonly number[];
  readonly ambiguousGradientIndices?: readonly number[];
}

/** kind `loss`: the loss, and its gradient by the prediction. */
export function runLoss(golden: GoldenCase, check: Comparison): void {
  const c = golden as LossCase;
  const config = translateConfig(c.config);
  // Keras writes no reduction for "none".
  config['reduction'] ??= 'none';
  const loss = lossFromConfig(c.className ?? '', config);
  const weights = {
    sampleWeight: c.sampleWeight ? readTensor(c.sampleWeight) : null,
    mask: c.mask ? readTensor(c.mask) : null,
  };
  const target = readTensor(c.yTrue);
  const run = (prediction: Tensor): Tensor => computeLoss(loss, target, prediction, weights);
  const prediction = readTensor(c.yPred);
  check.tensor(
    'output',
    check.run(run, prediction),
    c.output,
    toleranceOf(c, 'outputs'),
    c.ambiguousOutputIndices,
  );
  const cotangent = c.cotangent ? readTensor(c.cotangent) : null;
  const scalar = (p: Tensor): Tensor => (cotangent === null ? run(p) : run(p).mul(cotangent).sum());
  check.tensor(
    'gradient',
    check.run((p: Tensor) => grad(scalar)(p), prediction),
    c.gradient,
    toleranceOf(c, 'gradients'),
    c.ambiguousGradientIndices,
  );
}
