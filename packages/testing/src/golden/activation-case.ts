import type { JsonValue } from '@gradus/layers';
import { getActivation } from '@gradus/layers';
import { grad } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import type { Comparison } from './comparison.js';
import { readTensor, toleranceOf } from './format.js';
import type { GoldenCase, Saved } from './format.js';
import { camelCase, translateConfig } from './keras-names.js';

interface ActivationCase extends GoldenCase {
  readonly fn: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly input: Saved;
  readonly cotangent: Saved;
  readonly output: Saved;
  readonly gradient: Saved;
  /** Made of non-finite, huge and denormal numbers, where any one-sided or finite slope will do. */
  readonly special?: boolean;
  readonly ambiguousOutputIndices?: readonly number[];
  readonly ambiguousGradientIndices?: readonly number[];
}

function activationOf(c: ActivationCase): (x: Tensor) => Tensor {
  return getActivation({
    className: camelCase(c.fn),
    config: translateConfig(c.args) as Record<string, JsonValue>,
  });
}

/** kind `activation`: values, and the derivative of their weighted sum. */
export function runActivation(golden: GoldenCase, check: Comparison): void {
  const c = golden as ActivationCase;
  const activation = activationOf(c);
  const x = readTensor(c.input);
  check.tensor(
    'output',
    check.run(activation, x),
    c.output,
    toleranceOf(c, 'outputs'),
    c.ambiguousOutputIndices,
  );
  if (c.special === true) return;
  const weighted = (input: Tensor): Tensor => activation(input).mul(readTensor(c.cotangent)).sum();
  check.tensor(
    'gradient',
    check.run((input: Tensor) => grad(weighted)(input), x),
    c.gradient,
    toleranceOf(c, 'gradients'),
    c.ambiguousGradientIndices,
  );
}
