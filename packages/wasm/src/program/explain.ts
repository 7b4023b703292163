import type { Features } from '../features.js';
import type { KernelPlan } from './kernel-plan.js';
import type { MemoryLayout } from './layout.js';

/** A number with a prefix of its unit, which follows. */
const count = (value: number): string => {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} G`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (value >= 1e3) return `${(value / 1e3).toFixed(1)} k`;
  return `${value} `;
};

const some = (number: number, one: string, many: string = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;

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
  const width = Math.max(0, ...kernels.map(({ name }) => name.length));
  const lines = kernels.map(
    ({ name, detail, flops: work, bytes: moved, units }) =>
      `${name.padEnd(width)} ${count(work).padStart(8)}FLOP ${count(moved).padStart(8)}B ${some(units, 'unit').padStart(10)}  ${detail}`,
  );
  const list = [
    some(kernels.length, 'kernel'),
    `${count(flops)}FLOP`,
    `${count(bytes)}B moved`,
    `${count(layout.arenaBytes)}B of intermediate results`,
    layout.copies.length > 0 ? `${some(layout.copies.length, 'copy', 'copies')} at the end` : '',
    shared > 0 ? `${some(shared, 'kernel')} shared out to threads` : '',
  ];
  return [
    `wasm (${describeFeatures(features)}): ${list.filter((text) => text !== '').join(', ')}`,
    ...lines,
  ].join('\n');
}
