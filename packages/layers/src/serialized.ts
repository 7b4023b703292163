import { ValueError, unknownName } from '@gradus/tensor';

/** Plain data, as JSON can hold it. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** An object written as plain data: the name of its class and the options that make it again. */
export interface Serialized {
  readonly className: string;
  readonly config: { readonly [key: string]: JsonValue };
}

interface Describable {
  readonly className: string;
  readonly config?: unknown;
  getConfig?(): unknown;
}

function isDescribable(value: unknown): value is Describable {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as { className?: unknown }).className === 'string'
  );
}

/** True for what says itself how it is written down, as JSON.stringify asks it too. */
function hasOwnJson(value: unknown): value is { toJSON(): JsonValue } {
  return typeof (value as { toJSON?: unknown }).toJSON === 'function';
}

/** True for `{ className, config }` that is data and not yet the thing itself. */
export function isSerialized(value: unknown): value is Serialized {
  return typeof value === 'object' && isDescribable(value) && typeof value.config === 'object';
}

/**
 * An option as plain data. Initializers, regularizers, constraints and layers become `{ className, config }`, an
 * activation becomes its name.
 *
 * @throws ValueError for a nameless function, which no file can hold.
 */
export function toJson(value: unknown, where = 'the option'): JsonValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (hasOwnJson(value)) return value.toJSON();
  if (isDescribable(value)) {
    const config = value.getConfig === undefined ? value.config : value.getConfig();
    // Plain data of a layer in a model say beside their config how the model calls it.
    const named =
      typeof value === 'object' ? (value as { readonly name?: unknown }).name : undefined;
    return {
      ...(typeof named === 'string' ? { name: named } : {}),
      className: value.className,
      config: toJson(config ?? {}, where),
    };
  }
  if (typeof value === 'function') {
    if (value.name !== '') return value.name;
    throw new ValueError(
      'layer/config',
      `${where} holds a function without a name, which cannot be written down.`,
      {
        got: 'an anonymous function',
        expected: 'a name, or a function that has one',
        fix: 'define it as a named function and register it where the model is loaded',
      },
    );
  }
  if (Array.isArray(value)) return value.map((item) => toJson(item, where));
  if (typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, toJson(item, `${where}.${key}`)]),
    );
  return String(value);
}

/**
 * What a name or `{ className, config }` stands for, made by the factory of that name. Capitals do not matter, because
 * Keras writes class names with them.
 *
 * @throws NameError with the nearest name for one that nobody knows.
 */
export function revive<T>(
  kind: string,
  factories: Readonly<Record<string, (options?: never) => T>>,
  identifier: string | Serialized,
): T {
  const { className, config } =
    typeof identifier === 'string' ? { className: identifier, config: {} } : identifier;
  const found = Object.entries(factories).find(
    ([known]) => known.toLowerCase() === className.toLowerCase(),
  );
  if (found === undefined) throw unknownName(kind, className, Object.keys(factories));
  return (found[1] as (options?: object) => T)(config);
}
