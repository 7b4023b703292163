import type { ValueId } from '@gradus/tensor/backend';
import type { Features } from '../../features.js';
import type { KernelPlan, Lowered } from '../../program/kernel-plan.js';
import { sizeOf } from '../access.js';
import type { GraphView } from '../graph-view.js';
import { blockingOf, emitBlocked } from './matmul-blocked.js';
import type { MatmulTail } from './matmul-blocked.js';
import { dotRowScratch, dotRowUnits, emitDotRows, fitsDotRows } from './matmul-dot-rows.js';
import { exchanged, matmulProblem } from './matmul-problem.js';
import type { MatmulProblem } from './matmul-problem.js';
import {
  emitRowStream,
  emitSums,
  fitsRowStream,
  fitsSums,
  rowStreamUnits,
} from './matmul-small.js';
import { findTail } from './matmul-tail.js';
import { withUses } from '../uses.js';

/** How a product is computed: which code, and how much of it there is to share out. */
interface Method {
  readonly units: number;
  readonly scratchBytes: number;
  readonly emit: (z: ValueId, tail: MatmulTail) => KernelPlan['emit'];
}

function methodFor(features: Features, problem: MatmulProblem): Method {
  if (fitsRowStream(problem))
    return {
      units: rowStreamUnits(problem),
      scratchBytes: 0,
      emit: (z, tail) => (context) => emitRowStream(context, problem, z, tail),
    };
  if (fitsSums(problem))
    return {
      units: 1,
      scratchBytes: 0,
      emit: (z, tail) => (context) => emitSums(context, problem, z, tail),
    };
  if (fitsDotRows(problem))
    return {
      units: dotRowUnits(problem),
      scratchBytes: dotRowScratch,
      emit: (z, tail) => (context) => emitDotRows(context, problem, z, tail),
    };
  const blocking = blockingOf(features, problem);
  return {
    units: blocking.units,
    scratchBytes: blocking.scratchBytes,
    emit: (z, tail) => (context) => emitBlocked(context, problem, blocking, z, tail),
  };
}

/** Products of float32 matrices, with the bias and the relu that follow them. */
export function matmulPattern(
  view: GraphView,
  index: number,
  features: Features,
): Lowered | undefined {
  const found = matmulProblem(view, index);
  if (found === undefined) return undefined;
  const { problem: asked, through } = found;
  const z = view.node(index).outputs[0] as ValueId;
  const { tail, nodes, output, outputs, inputs, detail } = findTail(view, z, asked.n);
  const { m, n, k, batch } = asked;
  // Rows that are as short as k is small stay what they are.
  const isColumn = n === 1 && m > 1 && !fitsRowStream(asked);
  // A column is computed as a row. Its bias is one number for all of it then.
  const problem = isColumn ? exchanged(asked) : asked;
  const used: MatmulTail =
    isColumn && tail.bias !== undefined
      ? { ...tail, bias: { value: tail.bias.value, isNumber: true } }
      : tail;
  const method = methodFor(features, problem);
  const many = sizeOf(batch);
  const letters = `${problem.x.transposed ? 'xᵀ' : 'x'}${problem.y.transposed ? ' yᵀ' : ' y'}`;
  return {
    nodes: [...through.filter((node) => !view.isClaimed(node)), index, ...nodes],
    kernels: [
      withUses(features, {
        name: 'matmul',
        detail: `${many > 1 ? `${many} times ` : ''}[${m},${k}] x [${k},${n}], ${letters}${detail}`,
        inputs: [asked.x.value, asked.y.value, ...inputs],
        outputs: [output, ...outputs],
        flops: 2 * many * m * n * k,
        bytes: 4 * many * (m * k + k * n + m * n),
        units: method.units,
        scratchBytes: method.scratchBytes,
        emit: method.emit(output, used),
      }),
    ],
  };
}
