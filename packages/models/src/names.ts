/** What Keras calls a class inside, where that is not the name under which it offers it. */
const innerNames: Readonly<Record<string, string>> = {
  GroupQueryAttention: 'GroupedQueryAttention',
};

/**
 * The default name of a layer, made from its class as Keras does it: a capital that starts a lower-case run, and one that
 * follows a lower-case letter or digit, begins a new word.
 *
 * @example
 * snakeCase('BatchNormalization'); // => 'batch_normalization'
 * snakeCase('Conv2D'); // => 'conv2d'
 * snakeCase('ReLU'); // => 're_lu'
 */
export function snakeCase(className: string): string {
  return (innerNames[className] ?? className)
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z0-9]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** Gives names that are unique within one model: `dense`, `dense_1`, `dense_2`. */
export class NameGiver {
  readonly #taken: Set<string>;

  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken);
  }

  next(className: string): string {
    const base = snakeCase(className);
    let name = base;
    for (let i = 1; this.#taken.has(name); i++) name = `${base}_${i}`;
    this.#taken.add(name);
    return name;
  }
}
