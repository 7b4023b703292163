import { fromKerasActivation } from '@gradus/models';

/** Names that are not ours after a change of case alone. */
const ownNames: Readonly<Record<string, string>> = { keepdims: 'keepDims' };

/** Keras' spelling in ours: `kernel_initializer` is `kernelInitializer`. */
export function camelCase(text: string): string {
  if (Object.hasOwn(ownNames, text)) return ownNames[text] as string;
  return text.replace(/(?!^)_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

// These say how Keras stores numbers or draws them; Gradus has one way for each.
const noMatter = new Set([
  'dtype',
  'quantization_config',
  'ragged',
  'optional',
  'vocabulary_dtype',
  'vocabulary_size',
]);

// Their text belongs to the user.
const verbatim = new Set(['name', 'vocabulary', 'mask_token', 'oov_token', 'equation']);

function translateValue(value: unknown): unknown {
  if (typeof value === 'string')
    return /^[a-z]+(_[a-z0-9]+)+$/.test(value) ? camelCase(value) : value;
  if (Array.isArray(value)) return value.map(translateValue);
  if (typeof value !== 'object' || value === null) return value;
  if ('class_name' in value && 'config' in value) {
    if (value.class_name === 'function') return translateValue(value.config);
    if (value.class_name === '__numpy__' || value.class_name === '__tensor__')
      return (value.config as { readonly value: unknown }).value;
    return {
      className: value.class_name,
      config: translateConfig(value.config as Record<string, unknown>),
    };
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, translateValue(item)]),
  );
}

function translateEntry(key: string, value: unknown): unknown {
  if (verbatim.has(key)) return value;
  // An activation may be an object there: a layer such as LeakyReLU.
  const isObject = typeof value === 'object' && value !== null;
  if (key.endsWith('activation') && isObject && !isFunction(value))
    return fromKerasActivation(value);
  return translateValue(value);
}

function isFunction(value: object): boolean {
  return (value as { readonly class_name?: unknown }).class_name === 'function';
}

/** A config of Keras with our option names and our names of activations, reductions and the like. */
export function translateConfig(
  config: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => !noMatter.has(key))
      .map(([key, value]) => [camelCase(key), translateEntry(key, value)]),
  );
}
