import { NameError, tensor } from '@gradus/tensor';
import type { NestedArray } from '@gradus/tensor';
import { camelCase } from './camel.js';
import type { KerasObject } from './keras-object.js';
import { functionName, isKerasObject, isRecord } from './keras-object.js';
import { UnsupportedKerasError } from './unsupported-keras-error.js';

/** Entries that say how Keras stores or places numbers; they change no result here. */
const meaningless = new Set([
  'variable_dtype',
  'batch_input_shape',
  'input_length',
  'jit_compile',
  'is_legacy_optimizer',
  'vocabulary_dtype',
  'vocabulary_size',
  'has_input_vocabulary',
  'encoding',
]);

/** Entries that mean nothing only while they are off. */
const onlyOff = new Set([
  'quantization_config',
  'optional',
  'ragged',
  'sparse',
  'lora_rank',
  'lora_alpha',
]);

/** Entries whose text belongs to the user. */
const verbatim = new Set([
  'name',
  'vocabulary',
  'idf_weights',
  'mask_token',
  'oov_token',
  'mask_value',
  'equation',
  'bias_axes',
  'feature_names',
  'label_names',
]);

/** How an object inside a config is translated: given the key under which it stands. */
export type Revive = (object: KerasObject, key: string) => unknown;

const isOff = (value: unknown): boolean => value === null || value === false;

/** The name of a dtype, or of the policy that holds it. */
export function dtypeName(value: unknown): string {
  if (isKerasObject(value)) return dtypeName(value.config);
  if (isRecord(value)) return dtypeName(value['name']);
  return typeof value === 'string' ? value : 'float32';
}

/**
 * A config of Keras with our names. Empty options stay null.
 *
 * @throws UnsupportedKerasError for a dtype policy other than float32, and for switches that Gradus does not have.
 */
export function translateConfig(
  className: string,
  config: unknown,
  revive: Revive,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(isRecord(config) ? config : {})) {
    if (key === 'dtype') {
      const dtype = dtypeName(value);
      if (dtype !== 'float32')
        throw new UnsupportedKerasError(className, `dtype ${dtype} (numbers are float32)`);
      continue;
    }
    if (meaningless.has(key)) continue;
    if (onlyOff.has(key) && isOff(value)) continue;
    result[camelCase(key)] = verbatim.has(key) ? value : translateValue(value, key, revive);
  }
  return result;
}

/** A value of a config with our names. */
export function translateValue(value: unknown, key: string, revive: Revive): unknown {
  if (typeof value === 'string')
    return /^[a-z]+(_[a-z0-9]+)+$/.test(value) ? camelCase(value) : value;
  if (Array.isArray(value)) return value.map((item) => translateValue(item, key, revive));
  if (isKerasObject(value)) {
    const named = functionName(value);
    if (named !== undefined) return camelCase(named);
    if (value.class_name === '__tensor__' || value.class_name === '__numpy__')
      return tensor((value.config as { value: NestedArray }).value);
    if (value.class_name === 'SeedGenerator')
      return (value.config as { seed?: number | null }).seed ?? null;
    if (value.class_name === '__lambda__') throw pythonCode(value.class_name);
    return revive(value, key);
  }
  if (isRecord(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        camelCase(name),
        translateValue(item, name, revive),
      ]),
    );
  return value;
}

/** The refusal of Python code. */
export function pythonCode(className: string): UnsupportedKerasError {
  return new UnsupportedKerasError(
    className,
    'it holds Python code, which Gradus does not run',
    'replace it with a class of its own, in Keras and here with defineLayer',
  );
}

/** Runs what makes an object; unknown names become an error that carries Keras' class name. */
export function supported<T>(className: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof NameError)) throw error;
    throw new UnsupportedKerasError(
      className,
      error.message
        .split('\n')[0]
        ?.replace(/^\[[^\]]*\] /, '')
        .replace(/\.$/, ''),
    );
  }
}
