import { asLayerResult, vocabularyOf } from '@gradus/layers';
import type { AdaptableLayer, NumbersLike } from '@gradus/layers';
import { foldIn, key, tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import type { Comparison } from './comparison.js';
import { Unsupported, readTensor, toleranceOf } from './format.js';
import type { GoldenCase, Saved } from './format.js';
import { layerOf } from './layer-case.js';
import { isTextCase, runTextLayer } from './text-layer-case.js';

interface AdaptCase extends GoldenCase {
  readonly adaptData: Saved;
  readonly inputs: readonly Saved[];
  readonly outputs: readonly Saved[];
  readonly weights?: readonly { readonly name: string; readonly tensor: Saved }[];
  readonly vocabulary?: readonly number[];
  readonly binBoundaries?: Saved;
}

/** kind `layerAdapt`: what a layer learns from data before the training, and what it does with it. */
export function runLayerAdapt(golden: GoldenCase, check: Comparison): void {
  if (isTextCase(golden)) return runTextLayer(golden, check);
  const c = golden as AdaptCase;
  const made = layerOf(c) as unknown as AdaptableLayer<NumbersLike>;
  if (typeof made.adapt !== 'function')
    throw new Unsupported(`${c.className ?? ''} does not adapt to data yet`);
  const layer = made.adapt(readTensor(c.adaptData));
  const input = readTensor(c.inputs[0] as Saved);
  layer.build(input.shape);
  const context = { training: false, key: (purpose = '') => foldIn(key(0), purpose) };
  const output = check.run(
    (x: Tensor) => asLayerResult(layer.call({}, x, context)).output as Tensor,
    input,
  );
  check.tensor('output 0', output, c.outputs[0], toleranceOf(c, 'outputs'));
  // What Keras keeps as weights are options here; its count is always 0.
  for (const { name, tensor: want } of c.weights ?? []) {
    const found = layer.options[name];
    if (found !== undefined)
      check.tensor(name, tensor(found as number[]), want, toleranceOf(c, 'weights'));
    else check.equal(name, 0, want.data[0]);
  }
  if (c.vocabulary !== undefined)
    check.equal(
      'vocabulary',
      vocabularyOf(c.className ?? '', layer.options as never).tokens,
      c.vocabulary,
    );
  if (c.binBoundaries !== undefined)
    check.numbers(
      'boundaries',
      layer.options['binBoundaries'] as number[],
      c.binBoundaries.data,
      toleranceOf(c, 'binBoundaries'),
    );
}
