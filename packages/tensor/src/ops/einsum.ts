import { ShapeError, ValueError } from '../errors.js';
import { formatShape } from '../shape.js';
import type { Tensor, TensorLike } from '../tensor.js';
import { toTensor } from './constant.js';
import { mul } from './elementwise.js';
import { broadcastTo, reshape, transpose } from './layout.js';
import { matmul } from './matmul.js';
import { sum } from './reduce.js';

/** A tensor whose axes have names. The axes of an ellipsis are called '-1', '-2', ... counted from the last. */
interface Labelled {
  readonly tensor: Tensor;
  readonly labels: readonly string[];
}

function fail(equation: string, summary: string, got: string, expected: string): never {
  throw new ValueError('einsum/equation', `einsum('${equation}'): ${summary}`, { got, expected });
}

function letters(equation: string, term: string, ellipsis: number): string[] {
  if (!/^[A-Za-z]*(\.\.\.)?[A-Za-z]*$/.test(term))
    fail(
      equation,
      'a term is made of letters and at most one ellipsis.',
      `'${term}'`,
      "for example 'bij' or '...ij'",
    );
  const [before, after] = term.split('...') as [string, string?];
  const middle =
    after === undefined ? [] : Array.from({ length: ellipsis }, (_, i) => String(i - ellipsis));
  return [...before, ...middle, ...(after ?? '')];
}

function label(equation: string, term: string, tensor: Tensor): Labelled {
  const plain = term.replace('...', '').length;
  const labels = letters(equation, term, Math.max(0, tensor.rank - plain));
  if (labels.length !== tensor.rank)
    throw new ShapeError(
      'einsum/rank',
      `einsum('${equation}'): '${term}' does not name every axis.`,
      {
        got: `a tensor of shape ${formatShape(tensor.shape)}`,
        expected: term.includes('...') ? `${plain} axes or more` : `${plain} axes`,
      },
    );
  if (new Set(labels).size !== labels.length)
    fail(
      equation,
      'an index occurs twice in one operand (a diagonal), which is not supported.',
      `'${term}'`,
      'different letters within an operand',
    );
  return { tensor, labels };
}

/** Sums over the axes that nobody needs any more. */
function sumOut({ tensor, labels }: Labelled, needed: (label: string) => boolean): Labelled {
  const axis = labels.flatMap((name, i) => (needed(name) ? [] : [i]));
  if (axis.length === 0) return { tensor, labels };
  return { tensor: sum(tensor, { axis }), labels: labels.filter(needed) };
}

function arrange({ tensor, labels }: Labelled, order: readonly string[]): Tensor {
  return transpose(
    tensor,
    order.map((name) => labels.indexOf(name)),
  );
}

const size = (lengths: readonly number[]): number =>
  lengths.reduce((product, length) => product * length, 1);

/** Joins two operands; `kept` tells which indices are still needed afterwards. */
function contract(
  equation: string,
  a: Labelled,
  b: Labelled,
  kept: (label: string) => boolean,
): Labelled {
  const left = sumOut(a, (name) => kept(name) || b.labels.includes(name));
  const right = sumOut(b, (name) => kept(name) || a.labels.includes(name));
  const lengths = new Map<string, number>();
  for (const { labels, tensor } of [left, right])
    labels.forEach((name, axis) => {
      const length = tensor.shape[axis] as number;
      const known = lengths.get(name);
      const broadcasts = name.startsWith('-') && (known === 1 || length === 1);
      if (known !== undefined && known !== length && !broadcasts)
        throw new ShapeError(
          'einsum/length',
          `einsum('${equation}'): index '${name}' has two lengths.`,
          {
            got: `${known} and ${length}, in shapes ${formatShape(left.tensor.shape)} and ${formatShape(right.tensor.shape)}`,
            expected: 'one length for each letter',
          },
        );
      lengths.set(name, known === undefined || known === 1 ? length : known);
    });
  const of = (names: readonly string[]): number[] =>
    names.map((name) => lengths.get(name) as number);
  const shared = left.labels.filter((name) => right.labels.includes(name));
  const batch = shared.filter(kept);
  const inner = shared.filter((name) => !kept(name));
  const rows = left.labels.filter((name) => !shared.includes(name));
  const columns = right.labels.filter((name) => !shared.includes(name));
  const labels = [...batch, ...rows, ...columns];
  const x = arrange(left, [...batch, ...rows, ...inner]);
  const y = arrange(right, [...batch, ...inner, ...columns]);
  const batchX = x.shape.slice(0, batch.length);
  const batchY = y.shape.slice(0, batch.length);
  if (inner.length === 0) {
    const outer = reshape(x, [...batchX, ...of(rows), ...columns.map(() => 1)]);
    return {
      tensor: mul(outer, reshape(y, [...batchY, ...rows.map(() => 1), ...of(columns)])),
      labels,
    };
  }
  // Summed ellipsis axes of length 1 must meet their partner at full length.
  const wideX = broadcastTo(x, [...batchX, ...of(rows), ...of(inner)]);
  const wideY = broadcastTo(y, [...batchY, ...of(inner), ...of(columns)]);
  const result = matmul(
    reshape(wideX, [...batchX, size(of(rows)), size(of(inner))]),
    reshape(wideY, [...batchY, size(of(inner)), size(of(columns))]),
  );
  return { tensor: reshape(result, of(labels)), labels };
}

/**
 * Sums of products in index notation: each operand's axes are named by letters, equal letters run together, and letters
 * that the result does not name are summed over. `...` stands for any further axes, which broadcast. Without `->` the
 * result has the letters that occur once, in alphabetical order.
 *
 * Computed by transposing, reshaping and multiplying matrices, two operands at a time from the left.
 *
 * @throws ValueError for an equation that cannot be read, or an index that occurs twice in one operand.
 * @throws ShapeError when a letter has two lengths.
 * @example
 * einsum('bij,bjk->bik', x, y); // the product of matrices in a batch
 * einsum('ij->j', x); // the sums of columns
 */
export function einsum(equation: string, ...operands: readonly TensorLike[]): Tensor {
  const [inputs, output, ...extra] = equation.replaceAll(/\s/g, '').split('->') as [
    string,
    ...string[],
  ];
  const terms = inputs.split(',');
  if (extra.length > 0 || terms.length !== operands.length)
    fail(
      equation,
      'the equation does not fit the operands.',
      `${terms.length} terms for ${operands.length} operands`,
      "as many terms as operands, as in 'ij,jk->ik'",
    );
  const named = terms.map((term, i) => label(equation, term, toTensor(operands[i] as TensorLike)));
  const all = named.flatMap(({ labels }) => labels);
  const known = [...new Set(all)];
  const ellipsis = known.filter((name) => name.startsWith('-'));
  const result =
    output === undefined
      ? [
          ...ellipsis.sort((a, b) => Number(a) - Number(b)),
          ...known
            .filter((name) => !name.startsWith('-') && all.indexOf(name) === all.lastIndexOf(name))
            .sort(),
        ]
      : letters(equation, output, ellipsis.length);
  for (const name of result)
    if (!known.includes(name) || result.indexOf(name) !== result.lastIndexOf(name))
      fail(
        equation,
        `index '${name}' of the result is unknown or named twice.`,
        `'${output}'`,
        `letters of ${inputs}, each once`,
      );
  let joined = named[0] as Labelled;
  for (let i = 1; i < named.length; i++) {
    const later = new Set(named.slice(i + 1).flatMap(({ labels }) => labels));
    joined = contract(
      equation,
      joined,
      named[i] as Labelled,
      (name) => result.includes(name) || later.has(name),
    );
  }
  return arrange(
    sumOut(joined, (name) => result.includes(name)),
    result,
  );
}
