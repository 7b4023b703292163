import {
  ShapeError,
  concatenate,
  exp,
  full,
  log1p,
  logSoftmax,
  oneHot,
  scan,
  sum,
  transpose,
  zeros,
} from '@gradus/tensor';
import type { Shape, Tensor } from '@gradus/tensor';
import { defineLoss } from './loss.js';
import type { Loss, LossOptions } from './loss.js';

/** The class that stands for "no label here". */
const BLANK = 0;

/** Logarithm of a probability of nothing, as Keras has it: finite, so that sums and gradients stay finite. */
const NEVER = -1e5;

/** `log(exp(x) + exp(y))`. */
function logAddExp(x: Tensor, y: Tensor): Tensor {
  return x.maximum(y).add(log1p(exp(x.sub(y).abs().neg())));
}

/** Columns `[begin, end)` of a matrix. */
function columns(x: Tensor, begin: number, end: number): Tensor {
  return x.slice([0, begin], [x.shape[0] as number, end - begin]);
}

/** Adds what arrives in each blank but the first. */
function arrive(blanks: Tensor, added: Tensor): Tensor {
  const width = blanks.shape[1] as number;
  return concatenate([columns(blanks, 0, 1), logAddExp(columns(blanks, 1, width), added)], {
    axis: 1,
  });
}

function checkShapes(name: string, target: Shape, prediction: Shape): void {
  if (target.length === 2 && prediction.length === 3 && target[0] === prediction[0]) return;
  throw new ShapeError('loss/shape', `${name} aligns label sequences with scores over time.`, {
    got: `target [${target.join(', ')}], prediction [${prediction.join(', ')}]`,
    expected: 'target [batch, labels], prediction [batch, time, classes]',
    fix: 'pad label sequences with 0 to one length, and let the model return one row of scores per time step',
  });
}

function ctcValues(target: Tensor, prediction: Tensor): Tensor {
  const [batch, , classes] = prediction.shape as readonly [number, number, number];
  const labels = target.shape[1] as number;
  const logs = logSoftmax(prediction);
  const byTime = (x: Tensor): Tensor => transpose(x, [1, 0, 2]);
  const blankLogs = byTime(logs.slice([0, 0, BLANK], [batch, prediction.shape[1] as number, 1]));
  const labelLogs = byTime(
    logs.matmul(transpose(oneHot(target.cast('int32'), classes), [0, 2, 1])),
  );
  // 1 where the next label is the same one: there a blank must come between.
  const isRepeated =
    labels === 0
      ? zeros([batch, 0])
      : concatenate(
          [
            columns(target, 0, labels - 1)
              .equal(columns(target, 1, labels))
              .cast('float32'),
            zeros([batch, 1]),
          ],
          { axis: 1 },
        );
  const intoRepeated = isRepeated.mul(NEVER);
  const intoOther = isRepeated.neg().add(1).mul(NEVER);
  const start = {
    blanks: concatenate([zeros([batch, 1]), full([batch, labels], NEVER)], { axis: 1 }),
    emitted: full([batch, labels], NEVER),
  };
  const [last] = scan(
    ({ blanks, emitted }, { label, blank }) => {
      const ready = arrive(blanks, emitted.add(intoRepeated));
      return [
        {
          blanks: arrive(ready.add(blank), emitted.add(blank).add(intoOther)),
          emitted: logAddExp(columns(ready, 0, labels).add(label), emitted.add(label)),
        },
        [],
      ];
    },
    start,
    { label: labelLogs, blank: blankLogs },
  );
  const ends = arrive(last.blanks, last.emitted);
  const lengths = sum(target.notEqual(BLANK).cast('int32'), { axis: -1 });
  return sum(ends.mul(oneHot(lengths, labels + 1)), { axis: -1 }).neg();
}

/**
 * Connectionist temporal classification: how unlikely a sequence of labels is under scores over time, whatever moments the
 * labels take. For speech and handwriting, where nobody has marked when each letter is said.
 *
 * `loss = -log Σ p(path)` over all ways to spread the labels over time with blanks between, found by the forward recursion.
 * Target `[batch, labels]` of class indices, padded with 0 at the end; prediction `[batch, time, classes]`, scores before
 * softmax, where class 0 is the blank. One value per sequence, `[batch]`.
 *
 * @throws ShapeError for other ranks.
 * @example
 * ctc()(tensor([[1]]), tensor([[[0, 0]]])).toArray()[0].toFixed(4); // => '0.6931'
 * @see A. Graves et al., Connectionist Temporal Classification, 2006.
 */
export function ctc(options?: LossOptions): Loss {
  return defineLoss({
    className: 'CTC',
    name: 'ctc',
    options,
    align: false,
    check: checkShapes,
    call: ctcValues,
  });
}
