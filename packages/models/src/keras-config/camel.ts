/** Names that are not ours after a change of case alone. */
export const kerasNames: Readonly<Record<string, string>> = { keepdims: 'keepDims' };

/**
 * Keras' spelling in ours: option names and names of activations, losses and initializers.
 *
 * @example
 * camelCase('kernel_initializer'); // => 'kernelInitializer'
 */
export function camelCase(name: string): string {
  if (Object.hasOwn(kerasNames, name)) return kerasNames[name] as string;
  return name.replace(/(?!^)_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
