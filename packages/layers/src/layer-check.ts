import type { Tensor } from '@gradus/tensor';
import { compile, foldIn, key, randomNormal } from '@gradus/tensor';
import { expect } from 'vitest';
import type { CallContext, Layer } from './layer.js';
import { asLayerResult } from './layer-result.js';
import { fromConfig } from './registry.js';

/** A call as in prediction; pass changes for anything else. */
export function context(changes: Partial<CallContext> = {}): CallContext {
  return { training: false, key: (purpose = '') => foldIn(key(7), purpose), ...changes };
}

/** First values of a layer's parameters. */
export function parametersOf(
  layer: Layer,
  shapes: readonly (readonly number[])[],
): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(layer.build(shapes)).map(([name, { shape, dtype, initializer }]) => [
      name,
      initializer(shape, dtype ?? 'float32', foldIn(key(1), name)),
    ]),
  );
}

/** The output of a call; there is exactly one. */
export function outputOf(
  layer: Layer,
  params: Readonly<Record<string, Tensor>>,
  input: Tensor | readonly Tensor[],
  changes: Partial<CallContext> = {},
): Tensor {
  return asLayerResult(layer.call(params, input, context(changes))).output as Tensor;
}

/**
 * What must hold for every layer: the announced shape is the real one, a compiled call equals an eager one (in training
 * too), and the config makes the same layer again.
 */
export function checkLayer(layer: Layer, ...shapes: readonly (readonly number[])[]): void {
  const inputs = shapes.map((shape, i) => randomNormal(foldIn(key(2), i), shape).abs());
  const params = parametersOf(layer, shapes);
  const announced = layer.outputShape(shapes.map(([, ...rest]) => [null, ...rest]));
  const again = fromConfig({ className: layer.className, config: layer.getConfig() });
  expect(again.getConfig()).toEqual(layer.getConfig());
  for (const training of [false, true]) {
    const run = (by: Layer, p: Readonly<Record<string, Tensor>>, x: readonly Tensor[]): Tensor =>
      outputOf(by, p, x, { training });
    const eager = run(layer, params, inputs);
    expect([null, ...eager.shape.slice(1)]).toEqual(announced);
    const compiled = compile((p: Record<string, Tensor>, x: Tensor[]) => run(layer, p, x))(
      params,
      inputs,
    );
    expect(compiled.shape).toEqual(eager.shape);
    compiled.data.forEach((value, i) => expect(value).toBeCloseTo(eager.data[i] as number, 4));
    expect(run(again, params, inputs).data).toEqual(eager.data);
  }
}
