import type { FunctionBuilder, FunctionRef, Local } from '../assembler/index.js';
import type { Phase } from '../engine/shared-run.js';
import type { KernelPlan } from './kernel-plan.js';

/** A kernel as the module has it: its function, or undefined when it is a step in JavaScript. */
export interface PlacedKernel {
  readonly plan: KernelPlan;
  readonly ref: FunctionRef | undefined;
}

/** Work of one thread in a microsecond. Near what plain SIMD reaches; what matters is the order of magnitude. */
const FLOPS_PER_US = 40_000;
const BYTES_PER_US = 20_000;
/** No machine is so slow or so busy that it computes less in a second. */
const LEAST_PER_SECOND = 10_000_000;
const PATIENCE_S = 30;
const SHARES_EACH = 4;

/** How long one thread needs for a kernel, roughly. */
export function microseconds({ flops, bytes }: KernelPlan): number {
  return Math.max(flops / FLOPS_PER_US, bytes / BYTES_PER_US);
}

/** Says of a kernel whether it takes so long that it is done sooner when threads meet before and after it. */
export function isWorthSharing(leastUs: number): (kernel: KernelPlan) => boolean {
  return (kernel) =>
    kernel.host === undefined && kernel.units > 1 && microseconds(kernel) >= leastUs;
}

/** A stretch of kernels, by position, that needs no meeting of threads inside. */
export interface Stretch {
  readonly kernels: readonly number[];
  readonly parallel: boolean;
}

/** Cuts a program where threads have to meet: before and after each kernel that is shared out. */
export function cutIntoStretches(
  kernels: readonly KernelPlan[],
  isShared: (kernel: KernelPlan) => boolean,
): Stretch[] {
  const stretches: { kernels: number[]; parallel: boolean }[] = [];
  kernels.forEach((kernel, index) => {
    const parallel = isShared(kernel);
    const last = stretches.at(-1);
    if (parallel || last === undefined || last.parallel)
      stretches.push({ kernels: [index], parallel });
    else last.kernels.push(index);
  });
  return stretches;
}

/** Where scratch memory is: one piece of `bytes` for each share. */
export interface Scratch {
  readonly address: number;
  readonly bytes: number;
}

/**
 * The phases of a program.
 *
 * @param writeHost writes the call of a kernel that is a step in JavaScript.
 * @param writeEnd writes what comes after all kernels, if anything does.
 */
export function phasesOf(
  kernels: readonly PlacedKernel[],
  isShared: (kernel: KernelPlan) => boolean,
  scratch: Scratch,
  writeHost: (f: FunctionBuilder, index: number) => void,
  writeEnd: ((f: FunctionBuilder) => void) | undefined,
): Phase[] {
  const phases = cutIntoStretches(
    kernels.map(({ plan }) => plan),
    isShared,
  ).map((stretch): Phase => {
    const placed = stretch.kernels.map((index) => ({
      index,
      ...(kernels[index] as PlacedKernel),
    }));
    const work = placed.reduce((sum, { plan }) => sum + plan.flops + plan.bytes, 0);
    // Scratch memory belongs to a share, and whoever uses it does something in it before the first unit.
    const isEven = placed.every(({ plan }) => plan.scratchBytes === 0);
    return {
      parallel: stretch.parallel,
      sharesEach: isEven ? SHARES_EACH : 1,
      firstThreadOnly: placed.some(({ ref }) => ref === undefined),
      patience: PATIENCE_S + work / LEAST_PER_SECOND,
      emit(f, share, shares) {
        for (const { index, plan, ref } of placed) {
          if (ref === undefined) writeHost(f, index);
          else if (stretch.parallel)
            // With fewer units than shares the last shares are empty; kernels are not called for nothing.
            f.get(share)
              .i32(plan.units)
              .op('i32.lt_u')
              .if(() => {
                writeBegin(f, plan.units, share, shares, 0);
                writeBegin(f, plan.units, share, shares, 1);
                if (isEven) f.i32(scratch.address);
                else
                  f.get(share).i32(scratch.bytes).op('i32.mul').i32(scratch.address).op('i32.add');
                f.call(ref);
              });
          else f.i32(0).i32(plan.units).i32(scratch.address).call(ref);
        }
      },
    };
  });
  if (writeEnd !== undefined)
    phases.push({ parallel: false, patience: PATIENCE_S, emit: writeEnd });
  return phases;
}

/** The first unit of share `share + next`: all shares are equal, the first ones one larger when there is a rest. */
function writeBegin(
  f: FunctionBuilder,
  units: number,
  share: Local,
  shares: Local,
  next: number,
): void {
  const rest = (): FunctionBuilder => f.i32(units).get(shares).op('i32.rem_u');
  const number = (): FunctionBuilder => f.get(share).i32(next).op('i32.add');
  number().i32(units).get(shares).op('i32.div_u').op('i32.mul');
  number();
  rest();
  number();
  rest().op('i32.lt_u').op('select').op('i32.add');
}
