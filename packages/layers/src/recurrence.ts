import type { Tensor } from '@gradus/tensor';
import { flip, scan, split, stack, transpose, where, zeros } from '@gradus/tensor';
import type { CallContext, Mask } from './layer.js';
import type { RecurrentCell } from './recurrent-cell.js';

/** How a recurrence goes over its sequence. */
export interface RecurrenceOptions {
  /** Whether every step's output comes out, or the last one. */
  readonly returnSequences: boolean;
  /** From the last step to the first; the outputs come in the order of the work. */
  readonly goBackwards: boolean;
  /** Every step written out instead of a loop: faster for few steps, and larger. */
  readonly unroll: boolean;
  /** Whether a masked step gives zeros instead of what was there before. */
  readonly zeroOutputForMask: boolean;
}

/** The outputs, `[batch, steps, ...]` or the last, and the states after the last step. */
export interface RecurrenceResult {
  readonly output: Tensor;
  readonly states: readonly Tensor[];
}

interface Carry {
  readonly states: readonly Tensor[];
  /** The output before; only where it is not among the states. */
  readonly output: readonly Tensor[];
  readonly [key: string]: readonly Tensor[];
}

interface Step {
  readonly input: Tensor;
  /** Whether the step counts, `[batch]`; absent without a mask. */
  readonly keep: readonly Tensor[];
  readonly [key: string]: Tensor | readonly Tensor[];
}

/** Batch and steps exchanged. */
function swap(x: Tensor): Tensor {
  return transpose(x, [1, 0, ...x.shape.slice(2).map((_, i) => i + 2)]);
}

/** `a` where the step counts, `b` elsewhere. */
function keepWhere(keep: Tensor, a: Tensor, b: Tensor): Tensor {
  return where(keep.reshape([...keep.shape, ...a.shape.slice(1).map(() => 1)]), a, b);
}

/** One flag per step and sample, however many axes the mask has. */
function flagsOf(mask: Tensor): Tensor {
  const flags = mask.cast('bool');
  return flags.rank <= 2 ? flags : flags.any({ axis: flags.shape.slice(2).map((_, i) => i + 2) });
}

/** A loop written out: what `scan` does, step by step. */
function writtenOut(
  body: (carry: Carry, step: Step) => readonly [Carry, readonly Tensor[]],
  start: Carry,
  steps: Step,
  reverse: boolean,
): [Carry, readonly Tensor[]] {
  const count = steps.input.shape[0] ?? 0;
  const each = (x: Tensor): Tensor[] => split(x, count, { axis: 0 }).map((part) => part.squeeze(0));
  const inputs = each(steps.input);
  const keeps = steps.keep.map(each);
  const results: (readonly Tensor[])[] = [];
  let carry = start;
  for (let i = 0; i < count; i++) {
    const at = reverse ? count - 1 - i : i;
    const keep = keeps.map((list) => list[at] as Tensor);
    const [next, result] = body(carry, { input: inputs[at] as Tensor, keep });
    carry = next;
    results[at] = result;
  }
  const width = results[0]?.length ?? 0;
  return [
    carry,
    Array.from({ length: width }, (_, i) => stack(results.map((result) => result[i] as Tensor))),
  ];
}

/**
 * Runs a cell over a sequence `[batch, steps, ...]`. All recurrent layers do this and nothing else.
 *
 * A step that the mask leaves out keeps the states. Its output is that of the step before, which a loop reads from the
 * states and therefore begins with the initial state; written out it begins with zeros (both as in Keras).
 */
export function recurrence(
  cell: RecurrentCell,
  params: Readonly<Record<string, Tensor>>,
  sequence: Tensor,
  initialStates: readonly Tensor[],
  mask: Mask,
  options: RecurrenceOptions,
  context: CallContext,
): RecurrenceResult {
  const { returnSequences, goBackwards, unroll, zeroOutputForMask } = options;
  const inputs = swap(sequence);
  const run = cell.cell.begin(params, inputs, initialStates, context);
  const stepShape = inputs.shape.slice(1);
  const outputState = cell.cell.outputState(stepShape);
  const remembersOutput = unroll && mask !== null;
  // Where the output is one of the states, the last output is found among them, and no other needs to be kept.
  let outputAmongStates = -1;

  const body = (carry: Carry, { input, keep: [keep] }: Step): [Carry, readonly Tensor[]] => {
    const before = carry.states;
    const { output, states } = run.step(input, before);
    const found = states.indexOf(output);
    let next = states;
    let shown = output;
    if (keep !== undefined) {
      next = states.map((state, i) => keepWhere(keep, state, before[i] as Tensor));
      const instead =
        zeroOutputForMask && !unroll
          ? zeros(output.shape)
          : remembersOutput
            ? (carry.output[0] as Tensor)
            : (before[outputState] as Tensor);
      shown =
        instead === before[found] ? (next[found] as Tensor) : keepWhere(keep, output, instead);
    }
    outputAmongStates = next.indexOf(shown);
    const isShown = returnSequences || outputAmongStates < 0;
    return [{ states: next, output: remembersOutput ? [shown] : [] }, isShown ? [shown] : []];
  };

  const start: Carry = {
    states: initialStates,
    output: remembersOutput ? [zeros((initialStates[outputState] as Tensor).shape)] : [],
  };
  const steps: Step = { input: run.inputs, keep: mask === null ? [] : [swap(flagsOf(mask))] };
  const [end, [outputs]] = unroll
    ? writtenOut(body, start, steps, goBackwards)
    : scan(body, start, steps, { reverse: goBackwards });
  const last = (): Tensor => {
    if (outputAmongStates >= 0) return end.states[outputAmongStates] as Tensor;
    const all = outputs as Tensor;
    const [count = 1, ...rest] = all.shape;
    const at = goBackwards ? 0 : count - 1;
    return all.slice([at, ...rest.map(() => 0)], [1, ...rest]).squeeze(0);
  };
  const sequenceOf = (all: Tensor): Tensor => swap(goBackwards ? flip(all, { axis: 0 }) : all);
  return {
    output: returnSequences ? sequenceOf(outputs as Tensor) : last(),
    states: end.states,
  };
}
