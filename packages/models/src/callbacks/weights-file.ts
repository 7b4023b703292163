import { FormatError, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';

const FORMAT = 'gradus-weights';

/** Writes what `model.getWeights()` returns to a safetensors file, whole or not at all, as `weights/00000`, `weights/00001`, ... */
export async function writeWeights(path: string, weights: readonly Tensor[]): Promise<void> {
  const { writeSafetensors } = await import('@gradus/io');
  // Equal widths, so that programs which sort names keep the order.
  const named = weights.map(
    (weight, i) => [`weights/${String(i).padStart(5, '0')}`, weight] as const,
  );
  await writeSafetensors(path, Object.fromEntries(named), {
    metadata: { format: FORMAT, version: '1' },
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
  return Object.keys(tensors)
    .sort()
    .map((name) => {
      const { data, shape, dtype } = tensors[name] as NonNullable<(typeof tensors)[string]>;
      return tensor(data, { shape, dtype });
    });
}
