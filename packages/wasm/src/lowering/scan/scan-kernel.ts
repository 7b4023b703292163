import type { Graph, TensorType, ValueId } from '@gradus/tensor/backend';
import type { FunctionBuilder, Local } from '../../assembler/index.js';
import type { Features } from '../../features.js';
import { kernelSignature } from '../../program/kernel-plan.js';
import type { KernelPlan, Lowered } from '../../program/kernel-plan.js';
import { layOut } from '../../program/layout.js';
import type { MemoryLayout } from '../../program/layout.js';
import { bytesOf } from '../access.js';
import type { GraphView } from '../graph-view.js';
import { lower } from '../lower.js';
import type { LoweredGraph } from '../lower.js';
import type { ScanParams } from '../rewrite/scan-node.js';
import { copyBytes } from './copy-bytes.js';
import { splitRows } from './split-rows.js';

/** Constants of a body are written before each run, by code: more of them would make too much code. */
const MOST_CONSTANT_BYTES = 16384;

/** A stretch of the memory of a step, and the stack along the first axis of which it is a part. */
interface Slice {
  readonly bytes: number;
  /** Byte address in the memory of the step. */
  readonly at: number;
  /** Byte address of the first step in the stack, and bytes from one step to the next. */
  readonly stack: number;
  readonly stride: number;
}

/** A loop body that is ready to be laid out: its carried tensors are state, its steps and captured values inputs. */
interface Body {
  readonly lowered: LoweredGraph;
  readonly graph: Graph;
  /** Into how many pieces of its rows the loop is cut; the body is one of them. */
  readonly pieces: number;
}

function lowerBody(params: ScanParams, features: Features): Body | undefined {
  const { carryCount, stepCount } = params;
  const split = splitRows(params.body, carryCount, stepCount);
  const { body, pieces } = split ?? { body: params.body, pieces: 1 };
  const graph: Graph = {
    ...body,
    inputs: body.inputs.slice(carryCount),
    state: body.inputs.slice(0, carryCount),
    outputs: body.outputs.slice(carryCount),
    nextState: body.outputs.slice(0, carryCount),
  };
  const lowered = lower(graph, features);
  // A step in JavaScript cannot be taken from inside of a kernel.
  if (lowered.kernels.some(({ host }) => host !== undefined)) return undefined;
  return { lowered, graph, pieces };
}

/** Hands out addresses from `start` on, and counts the bytes. */
function counter(start: number): { allocate(bytes: number): number; readonly bytes: () => number } {
  let next = start;
  return {
    allocate(bytes) {
      const at = next;
      next += Math.ceil(bytes / 64) * 64;
      return at;
    },
    bytes: () => next - start,
  };
}

/** Where all that a loop needs lies, when its own memory begins at `start`. */
function place(
  { lowered, graph }: Body,
  start: number,
  address: (input: number) => number,
  stateAt: readonly (number | undefined)[],
  stepCount: number,
): {
  readonly layout: MemoryLayout;
  readonly state: readonly number[];
  readonly bytes: number;
} {
  const memory = counter(start);
  const state = graph.state.map(
    (value, i) => stateAt[i] ?? memory.allocate(bytesOf(graph.types[value] as TensorType)),
  );
  const given = new Map(
    graph.inputs.slice(stepCount).map((value, i): [ValueId, number] => [value, address(i)]),
  );
  const layout = layOut(lowered, state, memory, given);
  return { layout, state, bytes: memory.bytes() };
}

/**
 * A loop over the steps of a sequence as one kernel: the kernels of its body run one after the other, without leaving
 * WebAssembly. Carried tensors are updated where they lie; what a step takes and gives is copied from and to the stacks.
 */
function scanKernel(
  view: GraphView,
  index: number,
  params: ScanParams,
  body: Body,
): KernelPlan | undefined {
  const { length, reverse, carryCount, stepCount } = params;
  const { lowered, graph, pieces } = body;
  const { inputs, outputs } = view.node(index);
  const isUsed = (value: ValueId): boolean => view.users(value).length > 0 || view.isOutput(value);
  const used = outputs.filter(isUsed);
  const sources = inputs.map((value) => view.owner(value));
  const typeOf = (value: ValueId): number => bytesOf(graph.types[value] as TensorType);
  const trial = place(
    body,
    0,
    () => 0,
    outputs.slice(0, carryCount).map((value) => (isUsed(value) ? 0 : undefined)),
    stepCount,
  );
  const constantBytes = trial.layout.constants.reduce((sum, { data }) => sum + data.byteLength, 0);
  if (constantBytes > MOST_CONSTANT_BYTES) return undefined;
  const { kernels } = lowered;
  const total = (what: 'flops' | 'bytes'): number =>
    pieces * length * kernels.reduce((sum, kernel) => sum + kernel[what], 0);
  return {
    name: 'scan',
    detail: `${length} steps${reverse ? ' backwards' : ''}${pieces > 1 ? `, in ${pieces} pieces,` : ''} of ${kernels.length} kernels: ${summary(kernels)}`,
    inputs: sources,
    outputs: used,
    inPlace: takenOver(sources, outputs.slice(0, carryCount).filter(isUsed), outputs),
    flops: total('flops'),
    bytes: total('bytes'),
    units: pieces,
    scratchBytes: Math.max(0, ...kernels.map(({ scratchBytes }) => scratchBytes)),
    sharedBytes: pieces * trial.bytes,
    uses: [...new Set(kernels.flatMap(({ uses = [] }) => uses))],
    emit(context) {
      const { address } = context;
      const f = context.module.function(kernelSignature);
      const [piece, step, at] = [f.local('i32'), f.local('i32'), f.local('i32')];
      const there = f.local('i32');
      const writePiece = (number: number): void => {
        const { layout, state } = place(
          body,
          context.shared + number * trial.bytes,
          (i) => address(sources[carryCount + stepCount + i] as ValueId),
          outputs
            .slice(0, carryCount)
            .map((value, i) =>
              isUsed(value)
                ? address(value) + number * typeOf(graph.state[i] as ValueId)
                : undefined,
            ),
          stepCount,
        );
        const calls = kernels.map((kernel, i) => ({
          units: kernel.units,
          ref: kernel.emit({
            ...context,
            address: layout.address,
            isCarried: layout.isCarried,
            shared: layout.shared[i] as number,
          }),
        }));
        const slice = (inside: ValueId, place: number, outside: ValueId): Slice => {
          const bytes = typeOf(inside);
          const stack = address(outside) + number * bytes;
          return { bytes, at: place, stack, stride: pieces * bytes };
        };
        const stacked = (inside: ValueId, place: number, outside: ValueId): Slice[] =>
          isUsed(outside) ? [slice(inside, place, outside)] : [];
        const steps = graph.inputs
          .slice(0, stepCount)
          .map((value, i) =>
            slice(value, layout.inputs[i] as number, sources[carryCount + i] as ValueId),
          );
        const history = graph.state.flatMap((value, i) =>
          stacked(value, state[i] as number, outputs[carryCount + i] as ValueId),
        );
        const results = graph.outputs.flatMap((value, i) =>
          stacked(value, layout.outputs[i] as number, outputs[2 * carryCount + i] as ValueId),
        );
        for (const { address: target, data } of layout.constants) writeConstant(f, target, data);
        graph.state.forEach((value, i) => {
          const bytes = typeOf(value);
          copyBytes(f, state[i] as number, address(sources[i] as ValueId) + number * bytes, bytes);
        });
        f.for(step, 0, length, 1, () => {
          if (reverse)
            f.i32(length - 1)
              .get(step)
              .op('i32.sub')
              .set(at);
          else f.get(step).set(at);
          for (const part of steps) copySlice(f, part, at, there, 'out');
          for (const part of history) copySlice(f, part, at, there, 'in');
          for (const { units, ref } of calls) f.i32(0).i32(units).get(f.param(2)).call(ref);
          for (const { from, to, bytes } of layout.copies) copyBytes(f, to, from, bytes);
          for (const part of results) copySlice(f, part, at, there, 'in');
        });
      };
      f.for(piece, f.param(0), f.param(1), 1, () => {
        for (let number = 0; number < pieces; number++)
          f.get(piece)
            .i32(number)
            .op('i32.eq')
            .if(() => writePiece(number));
      });
      return f.ref;
    },
  };
}

/** Carried tensors begin where they are given, unless the loop reads what is given there elsewhere, too. */
function takenOver(
  sources: readonly ValueId[],
  last: readonly ValueId[],
  outputs: readonly ValueId[],
): ReadonlyMap<ValueId, readonly ValueId[]> {
  return new Map(
    last.flatMap((output): [ValueId, ValueId[]][] => {
      const source = sources[outputs.indexOf(output)] as ValueId;
      return sources.filter((value) => value === source).length === 1 ? [[output, [source]]] : [];
    }),
  );
}

function summary(kernels: readonly KernelPlan[]): string {
  return kernels.map(({ name, detail }) => `${name} (${detail})`).join('; ');
}

/** Copies step `at` out of its stack, or into it; `there` is for the address. */
function copySlice(
  f: FunctionBuilder,
  { bytes, at: address, stack, stride }: Slice,
  at: Local,
  there: Local,
  direction: 'in' | 'out',
): void {
  if (bytes === 0) return;
  f.get(at).i32(stride).op('i32.mul').i32(stack).op('i32.add').set(there);
  if (direction === 'in') copyBytes(f, there, address, bytes);
  else copyBytes(f, address, there, bytes);
}

/** The memory of a loop is no one's own between runs, so that its constants are written at the start of each. */
function writeConstant(
  f: FunctionBuilder,
  target: number,
  data: {
    readonly buffer: ArrayBufferLike;
    readonly byteOffset: number;
    readonly byteLength: number;
  },
): void {
  const padded = new Uint8Array(Math.ceil(data.byteLength / 4) * 4);
  padded.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  new Int32Array(padded.buffer).forEach((word, i) =>
    f
      .i32(target)
      .i32(word)
      .memory('i32.store', 4 * i),
  );
}

/** Loops with all that is inside of them. A function, because bodies are lowered by what looks for this pattern. */
export function scanPattern(
  view: GraphView,
  index: number,
  features: Features,
): Lowered | undefined {
  const node = view.node(index);
  if (node.primitive.name !== 'scan') return undefined;
  const params = node.params as ScanParams;
  const body = lowerBody(params, features);
  const kernel = body && scanKernel(view, index, params, body);
  return kernel && { nodes: [index], kernels: [kernel] };
}
