import type { Primitive, TensorType } from '../primitive.js';
import { noGradient } from '../primitive.js';
import type { Tensor } from '../tensor.js';

const first = ([x]: readonly TensorType[]): readonly TensorType[] => [
  { shape: (x as TensorType).shape, dtype: (x as TensorType).dtype },
];

function copy<P>(name: string, vjp: Primitive<P>['vjp'], linear: boolean): Primitive<P> {
  return {
    name,
    traits: { kind: 'identity', alias: true, ...(linear ? { linear } : { constant: true }) },
    infer: first,
    vjp,
    reference:
      () =>
      ([x], [y]) => {
        (y as Float32Array).set(x as Float32Array);
      },
  };
}

/** The same tensor under a new identity, so that a gradient can be taken with respect to exactly this use of it. */
export const identity: Primitive<undefined> = copy('identity', ({ gradients: [g] }) => [g], true);

/** The same numbers, through which no gradient flows. */
export const stopGradient: Primitive<undefined> = copy('stopGradient', noGradient, false);

/** A gradient rule of the user's own: gradient of the result to gradients of the arguments. */
export type BackwardRule = (gradient: Tensor) => readonly (Tensor | undefined)[];

/**
 * Its inputs are a result and the arguments it came from; it returns the result. Gradients skip the computation in
 * between and go to the arguments by the given rule.
 */
export const customVjp: Primitive<{ readonly backward: BackwardRule }> = copy(
  'customVjp',
  ({ gradients: [g], params }) => [undefined, ...params.backward(g as Tensor)],
  true,
);
