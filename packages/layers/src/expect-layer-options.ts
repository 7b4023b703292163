import { ValueError } from '@gradus/tensor';
import { layerLabel } from './layer-errors.js';
import { isSymbolic } from './symbolic-operations.js';

/**
 * Options come as one object. Keras takes them by place too, and a factory that is handed a tensor was meant to be called
 * twice; both would be read as options that nobody gave.
 *
 * @throws ValueError that shows the right call.
 */
export function expectLayerOptions(className: string, given: unknown): void {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  const name = layerLabel(className, {});
  if (list.length > 0 && list.every(isSymbolic))
    throw new ValueError('layer/options', `${name} is called with its options first.`, {
      got: Array.isArray(given) ? 'tensors' : 'a tensor',
      expected: 'options, or nothing, and the input in a second call',
      fix: `${name}(${'{ ... }'})(${Array.isArray(given) ? '[a, b]' : 'x'})`,
    });
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return;
  throw new ValueError('layer/options', `${name} takes its options by name, in one object.`, {
    got:
      typeof given === 'string'
        ? `'${given}'`
        : Array.isArray(given)
          ? 'a list'
          : typeof given === 'function'
            ? 'a function'
            : String(given),
    expected: 'an object',
    fix: `${name}({ option: value })`,
  });
}
