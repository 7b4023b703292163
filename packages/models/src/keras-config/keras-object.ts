/** A serialized object of Keras. */
export interface KerasObject {
  readonly module?: string | null;
  readonly class_name: string;
  readonly config: unknown;
  readonly registered_name?: string | null;
}

/** True for `{ class_name, config, ... }`. */
export function isKerasObject(value: unknown): value is KerasObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { class_name?: unknown }).class_name === 'string'
  );
}

/** True for any object that is neither null nor a list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The name of a function that Keras wrote as an object, or undefined. */
export function functionName(value: unknown): string | undefined {
  if (!isKerasObject(value) || value.class_name !== 'function') return undefined;
  return typeof value.config === 'string' ? value.config : undefined;
}
