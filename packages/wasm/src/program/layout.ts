import { bytesPerElement } from '@gradus/tensor/backend';
import type { TensorType, TypedArray, ValueId } from '@gradus/tensor/backend';
import { MemoryError } from '../engine/linear-memory.js';
import { bytesOf, sizeOf } from '../lowering/access.js';
import type { LoweredGraph } from '../lowering/lower.js';
import { Arena } from './arena.js';
import type { KernelPlan } from './kernel-plan.js';

/** Bytes that are copied when all kernels are done. */
export interface FinalCopy {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

/** Where everything of a program lies. Addresses are final. */
export interface MemoryLayout {
  /** Byte address of a value, or of the value it only rearranges. */
  address(value: ValueId): number;
  /** Whether a value is written straight to carried memory. */
  isCarried(value: ValueId): boolean;
  /** Scratch memory of each kernel that all threads share. */
  readonly shared: readonly number[];
  /** Outputs that must be saved before carried memory changes, then what becomes the next state. */
  readonly copies: readonly FinalCopy[];
  readonly outputs: readonly number[];
  readonly inputs: readonly number[];
  /** What has to be there before the first run. */
  readonly constants: readonly PlacedConstant[];
  readonly arenaBytes: number;
}

/** Numbers that are known in advance, and where they go. */
export interface PlacedConstant {
  readonly value: ValueId;
  readonly address: number;
  readonly data: TypedArray;
}

/** Who hands out memory: addresses that stay, by what they are for. */
export interface Allocator {
  allocate(bytes: number, what: string): number;
}

/**
 * Loops count bytes in signed numbers of 32 bits, and go up to a turn beyond the end. Truth counts as 4 bytes: it is as
 * large as the numbers it is computed with.
 */
const TOO_LARGE = 2 ** 31 - 2 ** 16;

function refuseTooLarge(types: readonly TensorType[]): void {
  for (const { shape, dtype } of types)
    if (sizeOf(shape) * Math.max(4, bytesPerElement(dtype)) >= TOO_LARGE)
      throw new MemoryError('memory/tensor', 'A tensor is too large for the wasm backend.', {
        got: `${dtype} [${shape.join(', ')}], on the way to a result if nowhere else`,
        expected: `less than ${2 ** 29} elements (of 4 bytes; half of that of 8)`,
        fix: 'use smaller batches, or compute it in parts',
      });
}

/**
 * Plans the memory of a program whose carried tensors lie at `state`. Inputs get memory, except those that lie somewhere
 * already: `given` has their addresses.
 */
export function layOut(
  { view, storage, known, kernels, types }: LoweredGraph,
  state: readonly number[],
  memory: Allocator,
  given: ReadonlyMap<ValueId, number> = new Map(),
): MemoryLayout {
  refuseTooLarge(types);
  const { graph } = view;
  const find = (value: ValueId): ValueId =>
    value < graph.types.length ? storage.find(value).base : value;
  const size = (value: ValueId): number => bytesOf(types[value] as TensorType);
  const addresses = new Map<ValueId, number>();
  graph.state.forEach((value, i) => addresses.set(value, state[i] as number));

  const reads = kernels.map(({ inputs, host }) => [...inputs, ...(host?.inputs ?? [])].map(find));
  const writes = kernels.map(({ outputs }) => outputs.map(find));
  const lastRead = new Map<ValueId, number>();
  const lastWrite = new Map<ValueId, number>();
  reads.forEach((values, step) => values.forEach((value) => lastRead.set(value, step)));
  writes.forEach((values, step) => values.forEach((value) => lastWrite.set(value, step)));
  const outputs = graph.outputs.map(find);
  const next = graph.nextState.map(find);
  const stays = new Set<ValueId>([...outputs, ...next]);

  // Next state goes straight to its place when nothing reads the old one later.
  const carried = new Set<ValueId>();
  graph.state.forEach((value, i) => {
    const result = next[i] as ValueId;
    const step = writes.findIndex((values) => values.includes(result));
    if (step < 0 || carried.has(result) || addresses.has(result)) return;
    // What is put together by several kernels is not there before the last of them.
    if (lastWrite.get(result) !== step) return;
    if (outputs.includes(value) || next.some((other, j) => j !== i && other === value)) return;
    const last = lastRead.get(value) ?? -1;
    const inPlace = (kernels[step] as KernelPlan).inPlace
      ?.get(result)
      ?.some((input) => find(input) === value);
    const isRead = (reads[step] as ValueId[]).includes(value);
    if (last > step || (isRead && inPlace !== true)) return;
    carried.add(result);
    addresses.set(result, state[i] as number);
  });

  // Constants and inputs have memory of their own.
  const constants: PlacedConstant[] = [];
  for (const value of new Set<ValueId>([...reads.flat(), ...stays])) {
    const data = known.data(value);
    if (data === undefined || addresses.has(value)) continue;
    const address = memory.allocate(data.byteLength, 'a constant');
    addresses.set(value, address);
    constants.push({ value, address, data });
  }
  const inputs = graph.inputs.map((value) => {
    const address = given.get(value) ?? memory.allocate(size(value), 'an input');
    addresses.set(value, address);
    return address;
  });

  // Results share an arena: each lives from its kernel to its last reader.
  const arena = new Arena();
  const offsets = new Map<ValueId, number>();
  const shared: number[] = [];
  const ends = new Map<number, ValueId[]>();
  kernels.forEach((kernel, step) => {
    for (const value of writes[step] as ValueId[]) {
      if (addresses.has(value) || offsets.has(value)) continue;
      offsets.set(value, arena.take(size(value)));
      if (stays.has(value)) continue;
      const end = Math.max(lastRead.get(value) ?? step, lastWrite.get(value) as number);
      ends.set(end, [...(ends.get(end) ?? []), value]);
    }
    if (kernel.sharedBytes !== undefined) {
      const start = arena.take(kernel.sharedBytes);
      shared[step] = start;
      arena.give(start, kernel.sharedBytes);
    }
    for (const value of ends.get(step) ?? []) arena.give(offsets.get(value) as number, size(value));
  });

  const isState = new Set<ValueId>(graph.state);
  const saved = outputs.map((value) => (isState.has(value) ? arena.take(size(value)) : -1));
  const staged = next.map((value, i) =>
    isState.has(value) && value !== graph.state[i] ? arena.take(size(value)) : -1,
  );
  const base = memory.allocate(arena.bytes, 'intermediate results');
  offsets.forEach((offset, value) => addresses.set(value, base + offset));
  const address = (value: ValueId): number => {
    const found = addresses.get(find(value));
    // Values without elements are never read or written.
    return found ?? base;
  };

  const copies: FinalCopy[] = [];
  const copy = (from: number, to: number, value: ValueId): void => {
    if (from !== to && size(value) > 0) copies.push({ from, to, bytes: size(value) });
  };
  outputs.forEach((value, i) => {
    if ((saved[i] as number) >= 0) copy(address(value), base + (saved[i] as number), value);
  });
  next.forEach((value, i) => {
    if ((staged[i] as number) >= 0) copy(address(value), base + (staged[i] as number), value);
  });
  next.forEach((value, i) => {
    const from = (staged[i] as number) >= 0 ? base + (staged[i] as number) : address(value);
    copy(from, state[i] as number, value);
  });
  return {
    address,
    isCarried: (value) => carried.has(find(value)),
    shared: kernels.map((_, step) => base + (shared[step] ?? 0)),
    copies,
    inputs,
    outputs: outputs.map((value, i) =>
      (saved[i] as number) >= 0 ? base + (saved[i] as number) : address(value),
    ),
    constants,
    arenaBytes: arena.bytes,
  };
}
