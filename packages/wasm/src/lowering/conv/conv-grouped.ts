import type { ValueId } from '@gradus/tensor/backend';
import type { KernelPlan, Lowered } from '../../program/kernel-plan.js';
import { matchGroupedConv, onlyForGroupedConv } from './conv-grouped-match.js';
import {
  emitDepthwise,
  emitDepthwiseInputGradient,
  emitDepthwiseKernelGradient,
} from './conv-depthwise-kernels.js';
import { emitConvForward, planConvForward } from './conv-forward.js';
import { convGeometry } from './conv-geometry.js';
import { emitConvInputGradient, planConvInputGradient } from './conv-input-gradient.js';
import { emitConvWeightGradient, planConvWeightGradient } from './conv-weight-gradient.js';
import { withUses } from '../uses.js';
import { findTail } from '../matmul/matmul-tail.js';
import type { Pattern } from '../pattern.js';
import type { WindowParams } from '../windows/geometry.js';

/** Windows of which only convolutions in groups read need not be written. */
export const groupedWindowsPattern: Pattern = (view, index) => {
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
        const found = matchGroupedConv(view, user);
        if (found?.window !== index) return undefined;
      }
    }
  }
  return nodes.size > 1 ? { nodes: [...nodes], kernels: [] } : undefined;
};

/** Kernels of single channels with more taps would become too much code. */
const MOST_TAPS = 49;

/** Convolution of groups of channels, and the gradients of its input and its kernel. */
export const groupedConvPattern: Pattern = (view, index, features): Lowered | undefined => {
  const found = matchGroupedConv(view, index);
  if (found === undefined) return undefined;
  const { kind, window, groups, filters, x, y, before, after, result } = found;
  const params = view.node(window).params as WindowParams;
  const image = kind === 'inputGradient' ? result : (view.node(window).inputs[0] as ValueId);
  const geometry = convGeometry(view.type(image).shape, params, groups);
  const { batch, channels, perGroup, windows, taps, spatial } = geometry;
  const { imageBytes, extentBytes, isPadded } = geometry;
  const all = filters * groups;
  const tail = kind === 'forward' ? findTail(view, result, all) : undefined;
  const output = tail?.output ?? result;
  const free = before.flatMap((chain) => onlyForGroupedConv(view, chain));
  const work = {
    detail: `${batch} images [${spatial.join()},${channels}], ${taps} taps, ${groups} groups of ${filters} filters${tail?.detail ?? ''}`,
    inputs: [x, y, ...(tail?.inputs ?? [])],
    outputs: [output, ...(tail?.outputs ?? [])],
    flops: 2 * batch * windows * channels * taps * filters,
    bytes: batch * (imageBytes + 4 * windows * all),
  };
  const single = (): KernelPlan => {
    const scratchBytes = isPadded ? extentBytes : 0;
    if (kind === 'forward')
      return {
        name: 'depthwise',
        ...work,
        scratchBytes,
        units: batch,
        emit: (context) => emitDepthwise(context, geometry, x, y, output, tail?.tail ?? {}),
      };
    if (kind === 'inputGradient')
      return {
        name: 'depthwiseInputGradient',
        ...work,
        scratchBytes,
        units: batch,
        emit: (context) => emitDepthwiseInputGradient(context, geometry, x, y, output),
      };
    return {
      name: 'depthwiseKernelGradient',
      ...work,
      scratchBytes,
      units: Math.ceil(channels / 4),
      emit: (context) => emitDepthwiseKernelGradient(context, geometry, x, y, output),
    };
  };
  // As the kernel and the gradient lie in memory: the filters of all groups side by side.
  const rows = { value: y, step: all, transposed: false, batch: [] };
  const grouped = (): KernelPlan => {
    if (kind === 'forward') {
      const plan = planConvForward(features, geometry, x, rows, filters);
      return {
        name: 'conv',
        ...work,
        scratchBytes: plan.scratch.bytes,
        units: plan.units,
        emit: (context) => emitConvForward(context, plan, output, tail?.tail ?? {}),
      };
    }
    if (kind === 'inputGradient') {
      const gradient = { ...rows, value: x };
      const kernel = { ...rows, transposed: true };
      const plan = planConvInputGradient(features, geometry, gradient, kernel, filters);
      return {
        name: 'convInputGradient',
        ...work,
        scratchBytes: plan.scratch.bytes,
        units: plan.units,
        emit: (context) => emitConvInputGradient(context, plan, output, {}),
      };
    }
    const plan = planConvWeightGradient(features, geometry, x, rows, filters);
    return {
      name: 'convWeightGradient',
      ...work,
      scratchBytes: plan.scratch.bytes,
      units: plan.units,
      emit: (context) => emitConvWeightGradient(context, plan, output),
    };
  };
  const nodes = [...new Set([...free, index, ...after, ...(tail?.nodes ?? [])])];
  const isSingle = perGroup === 1 && filters === 1 && taps <= MOST_TAPS;
  return {
    nodes: nodes.filter((node) => !view.isClaimed(node)),
    kernels: [withUses(features, isSingle ? single() : grouped())],
  };
};
