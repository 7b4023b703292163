import { parseSafetensors } from '@gradus/io/safetensors';
import type { ArrayValue } from '@gradus/io/safetensors';
import type { Tensor, Tree } from '@gradus/tensor';
import { FormatError, NameError, tensor, treeFlatten, treeUnflatten } from '@gradus/tensor';
import type { OptimizerState } from '@gradus/optimizers';
import type { CompileConfig } from './compile-config.js';
import { compileFromConfig } from './compile-config.js';
import type { CompileOptions } from './compile-options.js';
import type { ModelConfig } from './config.js';
import { inputFromConfig, layerFromConfig, symbolsFromConfig } from './config.js';
import { Functional } from './functional.js';
import type { Model } from './model.js';
import { FORMAT_VERSION, contentSum } from './save.js';
import { Sequential } from './sequential.js';

/** A model from its plain data, with fresh weights. */
export function modelFromConfig(config: ModelConfig): Model {
  const { name, seed, trainable } = config;
  const nested = (inner: ModelConfig): never => modelFromConfig(inner) as never;
  if (config.kind === 'Functional')
    return new Functional({ name, seed, trainable, ...symbolsFromConfig(config, nested) });
  const layers = config.layers.map((layer) => layerFromConfig(layer, nested));
  return new Sequential(
    config.input === null ? layers : [inputFromConfig(config.input), ...layers],
    { name, seed, trainable },
  );
}

function fail(code: string, name: string, summary: string, got: string, expected: string): never {
  throw new FormatError(`model-file/${code}`, `${name}: ${summary}`, {
    got,
    expected,
    fix: 'use another copy of the file, or save the model again',
  });
}

const toTensor = ({ data, shape, dtype }: ArrayValue): Tensor => tensor(data, { shape, dtype });

function checkArrays(
  model: Model,
  arrays: Readonly<Record<string, ArrayValue>>,
  name: string,
): void {
  const expected = new Map(
    model.placedVariables.map(({ path, variable }) => [`weights/${path}`, variable]),
  );
  for (const [key, { shape }] of expected) {
    const found = arrays[key];
    if (found === undefined)
      fail(
        'missing-weight',
        name,
        `a weight is missing.`,
        `no ${key}`,
        `${key} of shape [${shape.join(', ')}]`,
      );
    else if (found.shape.join() !== shape.join())
      fail(
        'shape',
        name,
        `${key} has the wrong shape.`,
        `[${found.shape.join(', ')}]`,
        `[${shape.join(', ')}]`,
      );
  }
  for (const key of Object.keys(arrays))
    if (key.startsWith('weights/') && !expected.has(key))
      fail(
        'extra-weight',
        name,
        'there is a weight that no layer has.',
        key,
        [...expected.keys()].join(', '),
      );
}

/** A class that nobody registered is a fault of the file's surroundings: the error names the file as well. */
function remake(config: ModelConfig, name: string): Model {
  try {
    return modelFromConfig(config);
  } catch (error) {
    if (!(error instanceof NameError)) throw error;
    throw new FormatError(
      'model-file/layer',
      `${name}: the model has a layer that cannot be made here.`,
      {
        got: error.message.split('\n')[0] ?? '',
        expected: 'built-in layers, or layers made known with registerLayer(factory)',
        fix: error.details.fix ?? 'register the layer before loading',
      },
    );
  }
}

/** What was compiled, or the error for a loss, metric or optimizer of somebody's own: the model predicts without it. */
function remakeCompile(config: CompileConfig): CompileOptions | NameError {
  try {
    return compileFromConfig(config);
  } catch (error) {
    if (error instanceof NameError) return error;
    throw error;
  }
}

/**
 * A model from the bytes of `toBytes`: same predictions, and training goes on as if it had never stopped.
 *
 * @throws FormatError for bytes that were cut, altered, or written by something else.
 */
export function modelFromBytes(bytes: Uint8Array, name = 'the model file'): Model {
  const { tensors, metadata } = parseSafetensors(bytes, name);
  const { format, version, architecture } = metadata;
  if (format !== 'gradus' || architecture === undefined)
    fail(
      'format',
      name,
      'this is not a model that Gradus saved.',
      format ?? 'no format in the metadata',
      'gradus',
    );
  if (Number(version) > FORMAT_VERSION)
    fail(
      'version',
      name,
      'it was written by a newer Gradus.',
      `version ${version}`,
      `at most ${FORMAT_VERSION}`,
    );
  if (contentSum(architecture, tensors) !== metadata['checksum'])
    fail(
      'checksum',
      name,
      'the content was altered after it was written.',
      contentSum(architecture, tensors),
      `${metadata['checksum']}`,
    );
  const parsed = JSON.parse(architecture) as {
    model: ModelConfig;
    compile: CompileConfig | null;
    frozen?: string[];
  };
  const loaded = remake(parsed.model, name);
  if (loaded.isBuilt) {
    checkArrays(loaded, tensors, name);
    for (const { path, variable } of loaded.placedVariables)
      variable.assign(toTensor(tensors[`weights/${path}`] as ArrayValue));
  }
  const frozen = new Set(parsed.frozen);
  if (parsed.frozen !== undefined && loaded.isBuilt) loaded.freeze((path) => frozen.has(path));
  if (parsed.compile === null) return loaded;
  const compiled = remakeCompile(parsed.compile);
  if (compiled instanceof NameError) {
    loaded.leaveUncompiled(`a file, which cannot hold your own code: ${compiled.details.got}`);
    return loaded;
  }
  loaded.compile(compiled);
  if (tensors['training/step'] === undefined) return loaded;
  const programs = loaded.programs(undefined);
  const { structure, leaves } = treeFlatten(programs.optimizerState as unknown as Tree);
  const saved = leaves.map((_, i) => {
    const found = tensors[`optimizer/${i}`];
    return found === undefined
      ? fail(
          'missing-optimizer',
          name,
          'a part of the optimizer is missing.',
          `no optimizer/${i}`,
          `${leaves.length} arrays`,
        )
      : toTensor(found);
  });
  programs.optimizerState = treeUnflatten(structure, saved) as unknown as OptimizerState;
  programs.step = toTensor(tensors['training/step']);
  return loaded;
}

/** Reads a model that `model.save` wrote. */
export async function loadModel(path: string): Promise<Model> {
  const { readFileBytes } = await import('@gradus/io');
  return modelFromBytes(await readFileBytes(path), path);
}
