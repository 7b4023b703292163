import { parseSafetensors } from '@gradus/io/safetensors';
import type { OptimizerState } from '@gradus/optimizers';
import { FormatError, tensor, treeFlatten, treeUnflatten } from '@gradus/tensor';
import type { Tensor, Tree } from '@gradus/tensor';
import type { Model } from './model.js';

/**
 * Puts weights, optimizer and number of steps of `model.toBytes()` into a model with the same layers and the same optimizer.
 *
 * @throws FormatError when something that the model needs is not there; ShapeError for another shape.
 */
export function restoreTraining(model: Model, bytes: Uint8Array, name: string): void {
  const { tensors } = parseSafetensors(bytes, name);
  const find = (key: string): Tensor => {
    const found = tensors[key];
    if (found === undefined)
      throw new FormatError('model-file/other-model', `${name}: it belongs to another model.`, {
        got: `no ${key}`,
        expected: `what model "${model.name}" holds`,
        fix: 'make the model and the optimizer as they were when the file was written',
      });
    return tensor(found.data, { shape: found.shape, dtype: found.dtype });
  };
  // Everything is found before anything is changed.
  const values = model.placedVariables.map(({ path }) => find(`weights/${path}`));
  const programs = model.programs(undefined);
  const { structure, leaves } = treeFlatten(programs.optimizerState as unknown as Tree);
  const hasOptimizer = tensors['training/step'] !== undefined;
  const state = hasOptimizer ? leaves.map((_, i) => find(`optimizer/${i}`)) : leaves;
  model.placedVariables.forEach(({ variable }, i) => variable.assign(values[i] as Tensor));
  programs.optimizerState = treeUnflatten(structure, state) as unknown as OptimizerState;
  if (hasOptimizer) programs.step = find('training/step');
}
