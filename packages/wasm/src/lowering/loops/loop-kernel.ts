import type { TensorType, ValueId } from '@gradus/tensor/backend';
import type { KernelPlan } from '../../program/kernel-plan.js';
import { accessOf, bytesOf, contiguous, sizeOf } from '../access.js';
import { LoopEmitter } from './emit-loop.js';
import type { Places } from './loop-frame.js';
import type { Loop, LoopOp } from './loop-op.js';
import { operationCost } from './operation-cost.js';
import { scheduleLoop } from './schedule.js';
import type { Schedule } from './schedule.js';

/** What loops need to know of values, and where they get new ones from. */
export interface ValueTypes {
  type(value: ValueId): TensorType;
  /** A value that is not in the graph: results of parts, to be put together by a second kernel. */
  temporary(type: TensorType): ValueId;
}

/** One loop as kernels: itself, and where its units gather into parts of their own, a loop that puts those together. */
export function loopKernels(loop: Loop, types: ValueTypes): KernelPlan[] {
  const schedule = scheduleLoop(loop);
  const across = loop.ops.filter(({ kind }) => kind === 'reduceAcross');
  const parts = new Map<ValueId, ValueId>();
  const kernels: KernelPlan[] = [];
  if (schedule.hasParts)
    for (const op of across) {
      const shape = [schedule.units, sizeOf(types.type(op.output).shape)];
      parts.set(op.output, types.temporary({ shape, dtype: op.dtype }));
    }
  const gathered = (value: ValueId): ValueId => parts.get(value) ?? value;
  const places: Places = { gathered, sizeOf: (value) => sizeOf(types.type(value).shape) };
  const inputs = new Set<ValueId>();
  for (const { operands } of loop.ops)
    for (const operand of operands) if (operand.kind === 'memory') inputs.add(operand.value);
  const outputs = new Set([
    ...loop.stores.map(({ into }) => into),
    ...across.map(({ output }) => gathered(output)),
  ]);
  kernels.push({
    name: 'loop',
    detail: describe(loop, schedule),
    inputs: [...inputs],
    outputs: [...outputs],
    inPlace: inPlaceOf(loop, schedule, types),
    flops:
      loop.size *
      loop.ops.reduce(
        (sum, { rate, name }) => sum + (rate === 'element' ? operationCost(name) : 0),
        0,
      ),
    bytes: [...inputs, ...outputs].reduce((total, value) => total + bytesOf(types.type(value)), 0),
    units: schedule.units,
    scratchBytes: schedule.scratchBytes,
    emit: (context) => new LoopEmitter(context, loop, schedule, places).emit(),
  });
  for (const op of across) {
    const part = parts.get(op.output);
    if (part !== undefined) kernels.push(...loopKernels(togetherLoop(op, part, types), types));
  }
  return kernels;
}

/** [parts, size] reduced along its first axis. */
function togetherLoop(op: LoopOp, part: ValueId, types: ValueTypes): Loop {
  const { shape } = types.type(part);
  const [count, size] = shape as readonly [number, number];
  const target = accessOf({ offset: 0, shape, strides: [0, size === 1 ? 0 : 1] });
  const operand = {
    kind: 'memory',
    value: part,
    dtype: op.dtype,
    access: accessOf(contiguous(shape)),
  } as const;
  return {
    size: count * size,
    boundaries: size === 1 ? [] : [size],
    ops: [{ ...op, kind: 'reduceAcross', rate: 'element', operands: [operand], target }],
    stores: [],
  };
}

/** Results that may lie where an operand lay: when all is read and written once, in the same order. */
function inPlaceOf(
  loop: Loop,
  schedule: Schedule,
  types: ValueTypes,
): ReadonlyMap<ValueId, readonly ValueId[]> {
  const result = new Map<ValueId, ValueId[]>();
  if (schedule.passes.length > 1) return result;
  const isWhole = ({
    offset,
    segments,
  }: {
    offset: number;
    segments: readonly { length: number; stride: number }[];
  }): boolean =>
    offset === 0 && segments.length === 1 && (segments[0]?.stride === 1 || loop.size === 1);
  const operands = loop.ops.flatMap((op) => op.operands);
  for (const { into, access } of loop.stores) {
    if (!isWhole(access)) continue;
    const places = operands
      .flatMap((operand) => (operand.kind === 'memory' ? [operand] : []))
      .filter(
        ({ value, dtype }) =>
          dtype === types.type(into).dtype &&
          operands.every(
            (each) => each.kind !== 'memory' || each.value !== value || isWhole(each.access),
          ),
      );
    result.set(into, [...new Set(places.map(({ value }) => value))]);
  }
  return result;
}

function describe(loop: Loop, { isFlat, rows, length, units, passes }: Schedule): string {
  const names = new Map<string, number>();
  for (const { name } of loop.ops) names.set(name, (names.get(name) ?? 0) + 1);
  const list = [...names]
    .map(([name, count]) => (count > 1 ? `${count} ${name}` : name))
    .join(', ');
  const extent = isFlat ? `${length}` : `${rows} x ${length}`;
  const how = [
    passes.length > 1 ? `${passes.length} passes` : '',
    units > 1 ? `${units} units` : '',
  ]
    .filter((text) => text !== '')
    .join(', ');
  return `${extent}${how === '' ? '' : ` (${how})`}: ${list}`;
}
