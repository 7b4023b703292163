import type { ValueId } from '@gradus/tensor/backend';
import type { KernelPlan, Lowered } from '../program/kernel-plan.js';
import { matchDepthwise, onlyForDepthwise } from './conv-depthwise-match.js';
import {
  emitDepthwise,
  emitDepthwiseInputGradient,
  emitDepthwiseKernelGradient,
} from './conv-depthwise-kernels.js';
import { convGeometry } from './conv-geometry.js';
import { findTail } from './matmul-tail.js';
import type { Pattern } from './pattern.js';
import type { WindowParams } from './windows/geometry.js';

/** Windows of which only convolutions of single channels read need not be written. */
export const depthwiseWindowsPattern: Pattern = (view, index) => {
  if (view.node(index).primitive.name !== 'unfold') return undefined;
  const nodes = new Set<number>([index]);
  const values = [view.node(index).outputs[0] as ValueId];
  for (const value of values) {
    if (view.isOutput(value)) return undefined;
    for (const user of view.users(value)) {
      const { primitive, outputs } = view.node(user);
      if (primitive.traits.alias === true || primitive.name === 'transpose') {
        if (nodes.has(user)) continue;
        nodes.add(user);
        values.push(outputs[0] as ValueId);
      } else {
        const found = matchDepthwise(view, user);
        if (found?.window !== index) return undefined;
      }
    }
  }
  return nodes.size > 1 ? { nodes: [...nodes], kernels: [] } : undefined;
};

/** Convolution of each channel by itself, and the gradients of its input and its kernel. */
export const depthwisePattern: Pattern = (view, index): Lowered | undefined => {
  const found = matchDepthwise(view, index);
  if (found === undefined) return undefined;
  const { kind, window, x, y, before, after, result } = found;
  const params = view.node(window).params as WindowParams;
  const image = kind === 'inputGradient' ? result : x;
  const geometry = convGeometry(view.type(image).shape, params);
  const { batch, channels, windows, taps, spatial, imageBytes, extentBytes, isPadded } = geometry;
  const tail = kind === 'forward' ? findTail(view, result, channels) : undefined;
  const output = tail?.output ?? result;
  const free = before.flatMap((chain) => onlyForDepthwise(view, chain));
  const detail = `${batch} images [${spatial.join()},${channels}], ${taps} taps`;
  const work = {
    flops: 2 * batch * windows * channels * taps,
    bytes: batch * (imageBytes + 4 * windows * channels),
    scratchBytes: isPadded ? extentBytes : 0,
  };
  const plans: Record<typeof kind, () => KernelPlan> = {
    forward: () => ({
      name: 'depthwise',
      detail: detail + (tail?.detail ?? ''),
      inputs: [x, y, ...(tail?.inputs ?? [])],
      outputs: [output, ...(tail?.outputs ?? [])],
      ...work,
      units: batch,
      emit: (context) => emitDepthwise(context, geometry, x, y, output, tail?.tail ?? {}),
    }),
    inputGradient: () => ({
      name: 'depthwiseInputGradient',
      detail,
      inputs: [x, y],
      outputs: [output],
      ...work,
      units: batch,
      emit: (context) => emitDepthwiseInputGradient(context, geometry, x, y, output),
    }),
    kernelGradient: () => ({
      name: 'depthwiseKernelGradient',
      detail,
      inputs: [x, y],
      outputs: [output],
      ...work,
      units: Math.ceil(channels / 4),
      emit: (context) => emitDepthwiseKernelGradient(context, geometry, x, y, output),
    }),
  };
  const nodes = [...new Set([...free, index, ...after, ...(tail?.nodes ?? [])])];
  return {
    nodes: nodes.filter((node) => !view.isClaimed(node)),
    kernels: [plans[kind]()],
  };
};
