import { ShapeError, formatShape, full, tensor } from '@gradus/tensor';
import { expectPartOptions } from '../expect-part-options.js';
import type { Initializer } from './initializer.js';
import { defineInitializer } from './initializer.js';

/** All zeros: what biases start with. */
export function zeros(): Initializer {
  return defineInitializer('Zeros', {}, (shape, dtype) => full(shape, 0, { dtype }));
}

/** All ones: what scales start with. */
export function ones(): Initializer {
  return defineInitializer('Ones', {}, (shape, dtype) => full(shape, 1, { dtype }));
}

/** One number everywhere. */
export function constant(options: { readonly value?: number } = {}): Initializer {
  expectPartOptions('constant', options, ['value']);
  const { value = 0 } = options;
  return defineInitializer('Constant', { value }, (shape, dtype) => full(shape, value, { dtype }));
}

/**
 * `gain` on the diagonal, zeros elsewhere: a layer that starts as "pass on what came in".
 *
 * @throws ShapeError for a parameter that is not a matrix.
 */
export function identity(options: { readonly gain?: number } = {}): Initializer {
  expectPartOptions('identity', options, ['gain']);
  const { gain = 1 } = options;
  return defineInitializer('Identity', { gain }, (shape, dtype) => {
    const [rows, columns] = shape;
    if (shape.length !== 2 || rows === undefined || columns === undefined)
      throw new ShapeError(
        'initializer/identity',
        'The identity initializer makes matrices only.',
        {
          got: `a parameter of shape ${formatShape(shape)}`,
          expected: 'shape [rows, columns]',
          fix: "choose another initializer, for example 'orthogonal'",
        },
      );
    const data = new Float32Array(rows * columns);
    for (let i = 0; i < Math.min(rows, columns); i++) data[i * columns + i] = gain;
    return tensor(data, { shape, dtype });
  });
}
