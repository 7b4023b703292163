import type { ValueId } from '@gradus/tensor/backend';
import { kernelSignature } from '../program/kernel-plan.js';
import type { KernelPlan } from '../program/kernel-plan.js';

/** Whether two kernels may run at the same time: neither touches what the other writes, nor may take over what it reads. */
function independent(a: KernelPlan, b: KernelPlan): boolean {
  return !disturbs(a, b) && !disturbs(b, a);
}

function disturbs(writer: KernelPlan, other: KernelPlan): boolean {
  const touched = new Set<ValueId>([...other.inputs, ...other.outputs]);
  const takenOver = [...(writer.inPlace ?? new Map<ValueId, readonly ValueId[]>()).values()].flat();
  return [...writer.outputs, ...takenOver].some((value) => touched.has(value));
}

/**
 * Joins neighbouring loops that do not depend on each other into one kernel, as the updates of all parameters are: threads
 * then meet once for all of them, and small ones fill the gaps that large ones leave.
 *
 * @param kernels in the order in which they run.
 */
export function sideBySide(kernels: readonly KernelPlan[]): KernelPlan[] {
  const result: KernelPlan[] = [];
  let run: KernelPlan[] = [];
  const flush = (): void => {
    if (run.length > 0) result.push(run.length === 1 ? (run[0] as KernelPlan) : joined(run));
    run = [];
  };
  for (const kernel of kernels) {
    if (kernel.name !== 'loop' || !run.every((other) => independent(other, kernel))) flush();
    if (kernel.name === 'loop') run.push(kernel);
    else result.push(kernel);
  }
  flush();
  return result;
}

function joined(kernels: readonly KernelPlan[]): KernelPlan {
  const sum = (what: (kernel: KernelPlan) => number): number =>
    kernels.reduce((total, kernel) => total + what(kernel), 0);
  const most = Math.max(...kernels.map(({ scratchBytes }) => scratchBytes));
  return {
    name: 'loops',
    detail: kernels.map(({ detail }) => detail).join(' | '),
    inputs: [...new Set(kernels.flatMap(({ inputs }) => inputs))],
    outputs: kernels.flatMap(({ outputs }) => outputs),
    inPlace: new Map(kernels.flatMap(({ inPlace }) => [...(inPlace ?? [])])),
    flops: sum(({ flops }) => flops),
    bytes: sum(({ bytes }) => bytes),
    units: sum(({ units }) => units),
    scratchBytes: most,
    emit(context) {
      const functions = kernels.map((kernel) => kernel.emit(context));
      const f = context.module.function(kernelSignature);
      const [begin, end, scratch] = [f.param(0), f.param(1), f.param(2)];
      const from = f.local('i32');
      const to = f.local('i32');
      let start = 0;
      functions.forEach((ref, i) => {
        const { units } = kernels[i] as KernelPlan;
        // The part of [begin, end) that is this loop's, counted from its own first unit.
        f.get(begin).i32(start).op('i32.sub').set(from).atLeast(from, 0);
        f.get(end).i32(start).op('i32.sub').set(to).atMost(to, units);
        f.get(from).get(to).op('i32.lt_s');
        f.if(() => f.get(from).get(to).get(scratch).call(ref));
        start += units;
      });
      return f.ref;
    },
  };
}
