import type { ValueId } from '@gradus/tensor/backend';
import { accessOf, boundariesOf, broadcastView, contiguous, isChain, sizeOf } from './access.js';
import type { StridedView } from './access.js';
import type { GraphView } from './graph-view.js';
import type { Known } from './known.js';
import type { Loop, Operand } from './loops/loop-op.js';
import { rearrange } from './storage.js';
import type { Storage } from './storage.js';

/** A loop that writes what `source` says to the places that `target` says, over the same shape. */
function copyLoop(
  view: GraphView,
  source: Operand,
  into: ValueId,
  target: StridedView,
): Loop | undefined {
  const { dtype } = view.type(into);
  const size = sizeOf(target.shape);
  if (size === 0) return undefined;
  const access = accessOf(target);
  const cuts = [
    ...new Set([
      ...boundariesOf(access),
      ...(source.kind === 'memory' ? boundariesOf(source.access) : []),
    ]),
  ].sort((a, b) => a - b);
  if (!isChain(cuts, size)) return undefined;
  return {
    size,
    boundaries: cuts,
    ops: [
      {
        node: 0,
        kind: 'map',
        name: 'copy',
        rate: 'element',
        operands: [source],
        output: into,
        dtype,
      },
    ],
    stores: [{ value: into, into, access }],
  };
}

/** Loops that put a rearranged, padded or joined value in memory; undefined when `node` is nothing of that. */
export function copyLoops(
  view: GraphView,
  storage: Storage,
  known: Known,
  index: number,
): Loop[] | undefined {
  const { primitive, params, inputs, outputs } = view.node(index);
  const [output] = outputs as readonly [ValueId];
  const { shape, dtype } = view.type(output);
  if (primitive.traits.kind !== 'layout' || dtype === 'float64') return undefined;
  const read = (
    value: ValueId,
    change: (from: StridedView) => StridedView | undefined,
  ): Operand | undefined => {
    const number = known.uniform(value);
    if (number !== undefined) return { kind: 'constant', dtype, number };
    const { base, view: from } = storage.find(value);
    const changed = change(from);
    return changed && { kind: 'memory', value: base, dtype, access: accessOf(changed) };
  };
  const plain = contiguous(shape);
  if (primitive.name === 'concat') {
    const { axis } = params as { readonly axis: number };
    let start = 0;
    const loops = inputs.map((value) => {
      const part = view.type(value).shape;
      const offset = start * (plain.strides[axis] as number);
      start += part[axis] as number;
      if (sizeOf(part) === 0) return null;
      const source = read(value, (from) => from);
      return (
        source && copyLoop(view, source, output, { offset, shape: part, strides: plain.strides })
      );
    });
    return complete(loops);
  }
  if (primitive.name === 'pad') {
    const { low, interior, value } = params as { low: number[]; interior: number[]; value: number };
    const [input] = inputs as readonly [ValueId];
    const inner = view.type(input).shape;
    const fill = copyLoop(view, { kind: 'constant', dtype, number: value }, output, plain);
    if (sizeOf(inner) === 0) return complete([fill]);
    const source = read(input, (from) => from);
    const target: StridedView = {
      offset: low.reduce(
        (offset, before, axis) => offset + before * (plain.strides[axis] as number),
        0,
      ),
      shape: inner,
      strides: plain.strides.map((stride, axis) => stride * ((interior[axis] as number) + 1)),
    };
    return complete([fill, source && copyLoop(view, source, output, target)]);
  }
  const source = read(inputs[0] as ValueId, (from) => {
    const changed = rearrange(view.node(index), from);
    return changed && broadcastView(changed, shape);
  });
  return complete([source && copyLoop(view, source, output, plain)]);
}

function complete(loops: readonly (Loop | null | undefined)[]): Loop[] | undefined {
  if (loops.some((loop) => loop === undefined)) return undefined;
  return loops.filter((loop): loop is Loop => loop !== null && loop !== undefined);
}
