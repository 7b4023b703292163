import { ShapeError, formatShape, randomNormal, tensor } from '@gradus/tensor';
import { expectPartOptions } from '../expect-part-options.js';
import type { Initializer, SeedOption } from './initializer.js';
import { defineInitializer, seededKey } from './initializer.js';

/**
 * Makes the columns of a tall row-major matrix `[rows, columns]` orthonormal, in place (modified Gram-Schmidt). Each
 * column is cleaned twice: one pass leaves errors that grow with the condition of the matrix, two do not. This is the Q of a
 * QR decomposition whose R has a positive diagonal.
 */
function orthonormalizeColumns(data: Float64Array, rows: number, columns: number): void {
  const at = (row: number, column: number): number => data[row * columns + column] as number;
  const dot = (a: number, b: number): number => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += at(row, a) * at(row, b);
    return sum;
  };
  for (let column = 0; column < columns; column++) {
    for (let pass = 0; pass < 2; pass++)
      for (let before = 0; before < column; before++) {
        const overlap = dot(before, column);
        for (let row = 0; row < rows; row++)
          data[row * columns + column] = at(row, column) - overlap * at(row, before);
      }
    const length = Math.sqrt(dot(column, column));
    for (let row = 0; row < rows; row++) data[row * columns + column] = at(row, column) / length;
  }
}

/**
 * A random matrix whose rows or columns (the fewer of them) are orthonormal, times `gain`: it neither stretches nor
 * shrinks what it is applied to, which keeps recurrent networks stable (Saxe et al. 2013). Parameters with more than two
 * axes are seen as `[product of the others, last]`.
 *
 * @throws ShapeError for a parameter with fewer than two axes.
 */
export function orthogonal(options: SeedOption & { readonly gain?: number } = {}): Initializer {
  expectPartOptions('orthogonal', options, ['gain', 'seed']);
  const { gain = 1, seed = null } = options;
  return defineInitializer('Orthogonal', { gain, seed }, (shape, dtype, key) => {
    const columns = shape.at(-1);
    if (shape.length < 2 || columns === undefined)
      throw new ShapeError(
        'initializer/orthogonal',
        'The orthogonal initializer needs at least two axes.',
        {
          got: `a parameter of shape ${formatShape(shape)}`,
          expected: 'shape [rows, columns], or more axes',
          fix: "choose another initializer, for example 'zeros' for a bias",
        },
      );
    const rows = shape.slice(0, -1).reduce((a, b) => a * b, 1);
    const [long, short] = [Math.max(rows, columns), Math.min(rows, columns)];
    const q = Float64Array.from(randomNormal(seededKey(seed, key), [long, short]).data);
    orthonormalizeColumns(q, long, short);
    const result = new Float32Array(rows * columns);
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        result[row * columns + column] =
          gain * (q[rows < columns ? column * short + row : row * short + column] as number);
    return tensor(result, { shape }).cast(dtype);
  });
}
