import { FormatError, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';

const FORMAT = 'gradus-weights';

/**
 * Writes what `model.getWeights()` returns to a safetensors file, whole or not at all, each under its path in the model
 * (`weights/dense/kernel`). The order is kept in the metadata.
 */
export async function writeWeights(
  path: string,
  weights: readonly Tensor[],
  paths: readonly string[],
): Promise<void> {
  const { writeSafetensors } = await import('@gradus/io');
  const names = weights.map((_, i) => `weights/${paths[i] ?? String(i).padStart(5, '0')}`);
  const named = weights.map((weight, i) => [names[i] as string, weight] as const);
  await writeSafetensors(path, Object.fromEntries(named), {
    metadata: { format: FORMAT, version: '2', order: JSON.stringify(names) },
  });
}

/**
 * Reads a file that `modelCheckpoint` wrote with `saveWeightsOnly`, in the order that `model.setWeights` takes.
 *
 * @throws FormatError for a missing file or one with other content.
 * @example
 * model.setWeights(await readWeights('best.weights'));
 */
export async function readWeights(path: string): Promise<Tensor[]> {
  const { readSafetensors } = await import('@gradus/io');
  const { tensors, metadata } = await readSafetensors(path);
  if (metadata['format'] !== FORMAT)
    throw new FormatError('weights/format', `${path} is no file of weights alone.`, {
      got: `format '${metadata['format'] ?? 'unknown'}'`,
      expected: `format '${FORMAT}'`,
      fix: 'read whole models with loadModel',
    });
  // Files of version 1 number the weights, so that their names have the order.
  const order =
    metadata['order'] === undefined
      ? Object.keys(tensors).sort()
      : (JSON.parse(metadata['order']) as string[]);
  return order.map((name) => {
    const found = tensors[name];
    if (found === undefined)
      throw new FormatError('weights/missing', `${path} lacks a weight.`, {
        got: Object.keys(tensors).join(', '),
        expected: name,
        fix: 'use another copy of the file',
      });
    return tensor(found.data, { shape: found.shape, dtype: found.dtype });
  });
}
