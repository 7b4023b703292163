import { emit } from '../emit.js';
import { add } from '../ops/elementwise.js';
import { reshape } from '../ops/layout.js';
import { reducePrimitives } from '../primitives/reduce.js';
import { sameShape } from '../shape.js';
import type { Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import type { Node } from '../trace.js';

/** Sums a gradient over the axes along which the tensor had been broadcast: the transpose of broadcasting. */
export function sumTo(gradient: Tensor, shape: Shape): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient;
  const extra = gradient.rank - shape.length;
  const axes = gradient.shape.flatMap((length, i) =>
    i < extra || (shape[i - extra] === 1 && length !== 1) ? [i] : [],
  );
  return reshape(emit(reducePrimitives.sum, [gradient], { axes }), shape);
}

/** The nodes between the outputs and the targets, latest first: those that a gradient has to pass. */
function nodesBetween(outputs: readonly Tensor[], targets: ReadonlySet<Tensor>): Node[] {
  const reached = new Set<Node>();
  const stack = [...outputs];
  while (stack.length > 0) {
    const tensor = stack.pop() as Tensor;
    const { node } = tensor;
    if (node === undefined || targets.has(tensor) || reached.has(node)) continue;
    reached.add(node);
    stack.push(...node.inputs);
  }
  const ordered = [...reached].sort((a, b) => a.id - b.id);
  const depends = new Set<Node>();
  for (const node of ordered)
    if (
      node.inputs.some(
        (input) => targets.has(input) || (input.node !== undefined && depends.has(input.node)),
      )
    )
      depends.add(node);
  return ordered.filter((node) => depends.has(node)).reverse();
}

/**
 * Reverse-mode differentiation: walks from the outputs back to the targets and adds up what each use of a tensor
 * contributes. The rules are ops, so inside a recording the gradient is recorded too, and can itself be differentiated.
 * A target that the outputs do not depend on has the gradient undefined.
 */
export function backward(
  outputs: readonly Tensor[],
  seeds: readonly (Tensor | undefined)[],
  targets: readonly Tensor[],
): (Tensor | undefined)[] {
  const gradients = new Map<Tensor, Tensor>();
  const accumulate = (tensor: Tensor, gradient: Tensor): void => {
    const before = gradients.get(tensor);
    gradients.set(tensor, before === undefined ? gradient : add(before, gradient));
  };
  outputs.forEach((output, i) => {
    const seed = seeds[i];
    if (seed !== undefined) accumulate(output, seed);
  });
  for (const node of nodesBetween(outputs, new Set(targets))) {
    const incoming = node.outputs.map((output) => gradients.get(output));
    if (
      node.primitive.traits.constant === true ||
      incoming.every((gradient) => gradient === undefined)
    )
      continue;
    const contributions = node.primitive.vjp({
      inputs: node.inputs,
      outputs: node.outputs,
      gradients: incoming,
      params: node.params,
    });
    node.inputs.forEach((input, i) => {
      const contribution = contributions[i];
      if (contribution !== undefined) accumulate(input, sumTo(contribution, input.shape));
    });
  }
  return targets.map((target) => gradients.get(target));
}
