import { formatSafetensors } from '@gradus/io/safetensors';
import type { ArrayValue } from '@gradus/io/safetensors';
import { checksum } from './checksum.js';
import { compileToConfig } from './compile-config.js';
import type { Model } from './model.js';

/** Version of the layout of files. */
export const FORMAT_VERSION = 1;

/** Bytes of arrays in the order of their names. */
export function contentSum(
  architecture: string,
  arrays: Readonly<Record<string, ArrayValue>>,
): string {
  const encoder = new TextEncoder();
  const pieces = Object.keys(arrays)
    .sort()
    .flatMap((name) => {
      const { data, shape, dtype } = arrays[name] as ArrayValue;
      return [
        encoder.encode(`${name}${dtype}${shape.join()}`),
        new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      ];
    });
  return checksum([encoder.encode(architecture), ...pieces]);
}

/**
 * A model as one safetensors file: weights under `weights/<path>`, the optimizer under `optimizer/<n>`, and the architecture
 * as JSON in the metadata. Any safetensors reader can open it.
 */
export function modelToBytes(model: Model): Uint8Array<ArrayBuffer> {
  const arrays: Record<string, ArrayValue> = {};
  if (model.isBuilt)
    for (const { path, variable } of model.placedVariables)
      arrays[`weights/${path}`] = variable.read();
  const programs = model.currentPrograms;
  if (programs?.plan.optimizer !== undefined) {
    programs.optimizerLeaves.forEach((leaf, i) => (arrays[`optimizer/${i}`] = leaf));
    arrays['training/step'] = programs.step;
  }
  const frozen = model.isBuilt
    ? model.placedVariables.filter(({ variable }) => variable.frozen).map(({ path }) => path)
    : [];
  const architecture = JSON.stringify({
    model: model.toConfig(),
    compile:
      model.compilation === undefined
        ? null
        : compileToConfig(model.compilation.options, model.compilation.optimizer),
    frozen,
  });
  const metadata = {
    format: 'gradus',
    version: String(FORMAT_VERSION),
    architecture,
    checksum: contentSum(architecture, arrays),
  };
  return formatSafetensors(arrays, { metadata });
}
