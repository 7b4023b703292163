import type { Features } from '../features.js';
import type { KernelPlan } from './kernel-plan.js';
import type { MemoryLayout } from './layout.js';

const count = (value: number): string => {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} G`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (value >= 1e3) return `${(value / 1e3).toFixed(1)} k`;
  return `${value} `;
};

/** What the engine uses of the machine. */
export function describeFeatures({ relaxed, wide, shared }: Features): string {
  return [relaxed ? 'relaxed SIMD' : 'SIMD', wide ? 'wide' : '', shared ? 'shared memory' : '']
    .filter((text) => text !== '')
    .join(', ');
}

/** What runs, kernel by kernel: what was fused, how much is computed and moved, and on what engine. */
export function explainKernels(
  kernels: readonly KernelPlan[],
  layout: MemoryLayout,
  features: Features,
  isShared: (kernel: KernelPlan) => boolean,
): string {
  const flops = kernels.reduce((total, kernel) => total + kernel.flops, 0);
  const bytes = kernels.reduce((total, kernel) => total + kernel.bytes, 0);
  const shared = kernels.filter(isShared).length;
  const lines = kernels.map(
    ({ name, detail, flops: work, bytes: moved, units }) =>
      `${name.padEnd(12)} ${count(work).padStart(8)}FLOP ${count(moved).padStart(8)}B ${String(units).padStart(4)} ${units === 1 ? 'unit ' : 'units'}  ${detail}`,
  );
  return [
    `wasm (${describeFeatures(features)}): ${kernels.length} kernels, ${count(flops)}FLOP, ${count(bytes)}B moved, arena of ${layout.arenaBytes} bytes, ${layout.copies.length} copies at the end${shared > 0 ? `, ${shared} kernels shared out to threads` : ''}`,
    ...lines,
  ].join('\n');
}
