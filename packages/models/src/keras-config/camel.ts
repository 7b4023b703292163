/**
 * Keras' spelling in ours: option names and names of activations, losses and initializers.
 *
 * @example
 * camelCase('kernel_initializer'); // => 'kernelInitializer'
 */
export function camelCase(name: string): string {
  return name.replace(/(?!^)_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** A serialized object of Keras. */
export interface KerasObject {
  readonly module?: string | null;
  readonly class_name: string;
  readonly config: unknown;
  readonly registered_name?: string | null;
}

export function isKerasObject(value: unknown): value is KerasObject {
  return typeof value === 'object' && value !== null && typeof (value as { class_name?: unknown }).class_name === 'string';
}

/** Entries that say how Keras stores or places numbers; Gradus has one way for each, so they carry nothing. */
const meaningless = new Set([
  'dtype', 'quantization_config', 'input_axes', 'output_axes', 'optional', 'ragged', 'sparse', 'lora_rank', 'lora_alpha',
  'synchronized', 'batch_input_shape', 'renorm', 'renorm_clipping', 'renorm_momentum', 'is_legacy_optimizer', 'jit_compile',
]);

/** Options whose text is a value, to be spelled our way: `'same'` stays, `'glorot_uniform'` changes. */
export function translateConfig(config: unknown): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries((config ?? {}) as Record<string, unknown>)) {
    if (meaningless.has(key)) continue;
    result[camelCase(key)] = key === 'name' ? value : translateValue(value);
  }
  return result;
}

/** Any value of a config in our spelling. */
export function translateValue(value: unknown): unknown {
  if (typeof value === 'string') return /^[a-z]+(_[a-z0-9]+)+$/.test(value) ? camelCase(value) : value;
  if (Array.isArray(value)) return value.map(translateValue);
  if (isKerasObject(value)) {
    if (value.class_name === 'function') return translateValue(value.config);
    return { className: value.class_name, config: translateConfig(value.config) };
  }
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, translateValue(item)]));
  return value;
}
