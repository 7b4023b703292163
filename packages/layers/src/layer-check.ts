import type { Tensor } from '@gradus/tensor';
import { compile, foldIn, key, randomNormal } from '@gradus/tensor';
import { expect } from 'vitest';
import type { AnyLayer, CallContext } from './layer.js';
import { asLayerResult } from './layer-result.js';
import { fromConfig } from './registry.js';
import type { SymbolicShape } from './symbolic.js';

/** A call as in prediction; pass changes for anything else. */
export function context(changes: Partial<CallContext> = {}): CallContext {
  return { training: false, key: (purpose = '') => foldIn(key(7), purpose), ...changes };
}

/** First values of a layer's parameters. */
export function parametersOf(
  layer: AnyLayer,
  shapes: readonly (readonly number[])[],
): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(layer.build(shapes)).map(([name, { shape, dtype, initializer }]) => [
      name,
      initializer(shape, dtype ?? 'float32', foldIn(key(1), name)),
    ]),
  );
}

/** The outputs of a call. */
export function outputsOf(
  layer: AnyLayer,
  params: Readonly<Record<string, Tensor>>,
  input: Tensor | readonly Tensor[],
  changes: Partial<CallContext> = {},
): Tensor[] {
  const { output } = asLayerResult(layer.call(params, input, context(changes)));
  return [output].flat() as Tensor[];
}

/** The output of a call; there is exactly one. */
export function outputOf(
  layer: AnyLayer,
  params: Readonly<Record<string, Tensor>>,
  input: Tensor | readonly Tensor[],
  changes: Partial<CallContext> = {},
): Tensor {
  const outputs = outputsOf(layer, params, input, changes);
  expect(outputs).toHaveLength(1);
  return outputs[0] as Tensor;
}

/** One shape as a list of one. */
function listOf(shapes: SymbolicShape | readonly SymbolicShape[]): readonly SymbolicShape[] {
  return shapes.some((entry) => Array.isArray(entry))
    ? (shapes as readonly SymbolicShape[])
    : [shapes as SymbolicShape];
}

/**
 * What must hold for every layer: the announced shapes are the real ones, a compiled call equals an eager one (in
 * training too), and the config makes the same layer again.
 */
export function checkLayer(layer: AnyLayer, ...shapes: readonly (readonly number[])[]): void {
  const inputs = shapes.map((shape, i) => randomNormal(foldIn(key(2), i), shape).abs());
  const params = parametersOf(layer, shapes);
  const announced = listOf(layer.outputShape(shapes.map(([, ...rest]) => [null, ...rest])));
  const again = fromConfig({ className: layer.className, config: layer.getConfig() });
  expect(again.getConfig()).toEqual(layer.getConfig());
  for (const training of [false, true]) {
    const run = (
      by: AnyLayer,
      p: Readonly<Record<string, Tensor>>,
      x: readonly Tensor[],
    ): Tensor[] => outputsOf(by, p, x, { training });
    const eager = run(layer, params, inputs);
    expect(eager.map(({ shape }) => [null, ...shape.slice(1)])).toEqual(announced);
    const compiled = compile((p: Record<string, Tensor>, x: Tensor[]) => run(layer, p, x))(
      params,
      inputs,
    );
    const remade = run(again, params, inputs);
    eager.forEach(({ shape, data }, output) => {
      expect(compiled[output]?.shape).toEqual(shape);
      compiled[output]?.data.forEach((value, i) => expect(value).toBeCloseTo(data[i] as number, 4));
      expect(remade[output]?.data).toEqual(data);
    });
  }
}
