import { ValueError } from '@gradus/tensor';

/**
 * Checks the layer that a wrapper is given.
 *
 * @throws ValueError for anything else, such as a factory that was not called.
 */
export function expectLayer(label: string, layer: unknown, option = 'layer'): void {
  const isLayer = typeof layer === 'function' && 'build' in layer && 'call' in layer;
  if (isLayer && 'outputShape' in layer) return;
  const isFactory = typeof layer === 'function' && 'className' in layer;
  throw new ValueError('layer/inner', `${label}: ${option} is no layer.`, {
    got: isFactory ? 'the factory of a layer' : layer === null ? 'null' : typeof layer,
    expected: 'a layer',
    fix: isFactory ? 'call it, with its options' : `for example ${option}: dense({ units: 3 })`,
  });
}
