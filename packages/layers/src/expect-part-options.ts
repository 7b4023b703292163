import { NameError, ValueError, nearestName } from '@gradus/tensor';

/**
 * Checks the options of a regularizer, constraint or initializer. Keras takes them by place too: `l2(0.001)` would
 * otherwise quietly mean the default.
 *
 * @throws ValueError for options that are no object; NameError with the nearest name for an unknown one.
 */
export function expectPartOptions(owner: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new ValueError('layer/part-options', `${owner} takes its options by name.`, {
      got: typeof options === 'function' ? 'a function' : String(options),
      expected: `an object with ${known.join(', ')}`,
      fix: `${owner}({ ${known[0] ?? ''}: ${typeof options === 'number' ? options : '...'} })`,
    });
  for (const option of Object.keys(options)) {
    if (known.includes(option)) continue;
    const nearest = nearestName(option, known);
    throw new NameError('layer/part-option', `${owner} has no option '${option}'.`, {
      got: `'${option}'`,
      expected: known.join(', '),
      fix: nearest === undefined ? 'use one of the options above' : `did you mean '${nearest}'?`,
    });
  }
}

/**
 * Checks what names a regularizer, constraint or initializer.
 *
 * @throws ValueError for a factory that was not called, and for what is neither a name nor plain data.
 */
export function expectPart(
  kind: string,
  factories: Readonly<Record<string, unknown>>,
  identifier: unknown,
): void {
  const factory = Object.keys(factories).find((name) => factories[name] === identifier);
  if (typeof identifier === 'string' || (typeof identifier === 'function' && factory === undefined))
    return;
  const { className } = (identifier ?? {}) as { readonly className?: unknown };
  if (factory === undefined && typeof className === 'string') return;
  throw new ValueError(`${kind}/kind`, `There is no such ${kind}.`, {
    got:
      factory === undefined
        ? (JSON.stringify(identifier) ?? 'undefined')
        : `${factory}, which was not called`,
    expected: `a name, or what a factory of ${kind}s makes`,
    fix: factory === undefined ? `use '${Object.keys(factories)[0]}'` : `${factory}()`,
  });
}
