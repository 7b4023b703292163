import { getActivation } from '@gradus/layers';
import { grad, logSoftmax, softmax } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import type { Comparison } from './comparison.js';
import { readTensor, toleranceOf, Unsupported } from './format.js';
import type { GoldenCase, Saved } from './format.js';
import { camelCase } from './keras-names.js';

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
  const activation = getActivation(camelCase(c.fn) as 'relu');
  const options = Object.keys(c.args);
  if (options.length === 0) return activation;
  const axis = c.args['axis'];
  if (options.length === 1 && typeof axis === 'number') {
    if (c.fn === 'softmax') return (x) => softmax(x, { axis });
    if (c.fn === 'log_softmax') return (x) => logSoftmax(x, { axis });
  }
  throw new Unsupported(`${c.fn} takes no options yet (${options.join(', ')})`);
}

/** kind `activation`: values, and the derivative of their weighted sum. */
export function runActivation(golden: GoldenCase, check: Comparison): void {
  const c = golden as ActivationCase;
  const activation = activationOf(c);
  const x = readTensor(c.input);
  check.tensor(
    'output',
    activation(x),
    c.output,
    toleranceOf(c, 'outputs'),
    c.ambiguousOutputIndices,
  );
  if (c.special === true) return;
  const weighted = (input: Tensor): Tensor => activation(input).mul(readTensor(c.cotangent)).sum();
  check.tensor(
    'gradient',
    grad(weighted)(x),
    c.gradient,
    toleranceOf(c, 'gradients'),
    c.ambiguousGradientIndices,
  );
}
