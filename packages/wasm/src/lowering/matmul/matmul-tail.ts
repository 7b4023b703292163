import type { ValueId } from '@gradus/tensor/backend';
import { sizeOf } from '../access.js';
import type { GraphView } from '../graph-view.js';
import type { MatmulTail } from './matmul-blocked.js';

/** What follows a product in the graph and is done before the product is written. */
export interface FoundTail {
  readonly tail: MatmulTail;
  readonly nodes: readonly number[];
  /** The value that is written in the end. */
  readonly output: ValueId;
  /** The mask, where it is written. */
  readonly outputs: readonly ValueId[];
  readonly inputs: readonly ValueId[];
  readonly detail: string;
}

/**
 * Looks from a product of n columns for `add` of a row, then relu as `select(lessEqual(t, 0), 0, t)`, or for the gradient
 * of relu, `select(mask, 0, product)`; through reshapes that keep the last axis.
 */
export function findTail(view: GraphView, product: ValueId, n: number): FoundTail {
  const nodes: number[] = [];
  const inputs: ValueId[] = [];
  let tail: MatmulTail = {};
  let output = product;
  let detail = '';

  /** The only node that reads a value, behind reshapes, which are noted as taken. */
  const next = (
    from: ValueId,
  ):
    | { readonly index: number; readonly value: ValueId; readonly reshapes: number[] }
    | undefined => {
    const reshapes: number[] = [];
    let value = from;
    for (;;) {
      const users = view.users(value);
      if (users.length !== 1 || view.isOutput(value)) return undefined;
      const [index] = users as readonly [number];
      if (view.isClaimed(index)) return undefined;
      const node = view.node(index);
      if (node.primitive.traits.alias !== true) return { index, value, reshapes };
      reshapes.push(index);
      value = node.outputs[0] as ValueId;
      if (view.type(value).shape.at(-1) !== n) return undefined;
    }
  };

  const added = next(output);
  if (added !== undefined && view.node(added.index).primitive.name === 'add') {
    const { inputs: operands, outputs } = view.node(added.index);
    const other = operands[0] === added.value ? operands[1] : operands[0];
    const result = outputs[0] as ValueId;
    const { shape } = view.type(other as ValueId);
    const { shape: whole } = view.type(result);
    const isRow = sizeOf(shape) === n && (n === 1 || shape.at(-1) === n);
    if (
      other !== undefined &&
      other !== added.value &&
      sizeOf(whole) === sizeOf(view.type(product).shape) &&
      whole.at(-1) === n &&
      (isRow || sizeOf(shape) === 1)
    ) {
      const value = view.owner(other);
      tail = { bias: { value, isNumber: !isRow } };
      nodes.push(...added.reshapes, added.index);
      inputs.push(value);
      output = result;
      detail = ' + bias';
    }
  }

  const users = view.users(output);
  if (users.length === 2 && !view.isOutput(output)) {
    const [compared, selected] = users as readonly [number, number];
    const c = view.node(compared);
    const s = view.node(selected);
    const flag = c.outputs[0] as ValueId;
    if (
      c.primitive.name === 'lessEqual' &&
      s.primitive.name === 'select' &&
      !view.isClaimed(compared) &&
      !view.isClaimed(selected) &&
      c.inputs[0] === output &&
      view.numberOf(c.inputs[1] as ValueId) === 0 &&
      s.inputs[0] === flag &&
      s.inputs[2] === output &&
      view.numberOf(s.inputs[1] as ValueId) === 0 &&
      sizeOf(view.type(flag).shape) === sizeOf(view.type(output).shape) &&
      sizeOf(view.type(s.outputs[0] as ValueId).shape) === sizeOf(view.type(output).shape)
    ) {
      const isAlone = view.users(flag).length === 1 && !view.isOutput(flag);
      return {
        tail: isAlone
          ? { ...tail, epilogue: 'relu' }
          : { ...tail, epilogue: 'reluMask', mask: flag },
        nodes: [...nodes, compared, selected],
        output: s.outputs[0] as ValueId,
        outputs: isAlone ? [] : [flag],
        inputs,
        detail: `${detail}, relu${isAlone ? '' : ' with mask'}`,
      };
    }
  }

  const gated = next(output);
  if (gated !== undefined) {
    const { primitive, inputs: operands, outputs } = view.node(gated.index);
    const [flag, zero, value] = operands as readonly [ValueId, ValueId, ValueId];
    const result = outputs[0] as ValueId;
    if (
      primitive.name === 'select' &&
      value === gated.value &&
      flag !== value &&
      view.numberOf(zero) === 0 &&
      sizeOf(view.type(flag).shape) === sizeOf(view.type(result).shape) &&
      sizeOf(view.type(value).shape) === sizeOf(view.type(result).shape)
    ) {
      const mask = view.owner(flag);
      return {
        tail: { ...tail, epilogue: 'gate', mask },
        nodes: [...nodes, ...gated.reshapes, gated.index],
        output: result,
        outputs: [],
        inputs: [...inputs, mask],
        detail: `${detail}, zero where masked`,
      };
    }
  }
  return { tail, nodes, output, outputs: [], inputs, detail };
}
