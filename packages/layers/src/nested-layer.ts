import type { Tensor } from '@gradus/tensor';
import { foldIn } from '@gradus/tensor';
import type { CallOptions } from './call-options.js';
import type { AnyLayer, CallContext, ParameterSpec } from './layer.js';
import { asLayerResult, layerResult } from './layer-result.js';
import type { LayerResult, TensorOrTensors } from './layer-result.js';

/** Parameters of a layer inside another, named after the place that it has there: `cell/kernel`. */
export function nestedSpecs(
  place: string,
  specs: Readonly<Record<string, ParameterSpec | null>>,
  { trainable = true }: { readonly trainable?: boolean } = {},
): Record<string, ParameterSpec | null> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      `${place}/${name}`,
      trainable || spec === null ? spec : { ...spec, trainable: false },
    ]),
  );
}

/** The parameters of a layer inside another, under their own names. */
export function nestedParams(
  place: string,
  params: Readonly<Record<string, Tensor | undefined>>,
): Record<string, Tensor> {
  const start = `${place}/`;
  return Object.fromEntries(
    Object.entries(params).flatMap(([name, value]) =>
      value !== undefined && name.startsWith(start) ? [[name.slice(start.length), value]] : [],
    ),
  );
}

/** What a layer inside another gave, with its state under the names that it has outside. */
export function nestedResult(place: string, result: LayerResult): LayerResult {
  return layerResult({
    ...result,
    state: Object.fromEntries(
      Object.entries(result.state).map(([name, value]) => [`${place}/${name}`, value]),
    ),
  });
}

/**
 * A context for a layer inside another: its randomness differs from that of its neighbours, and it gets call options of
 * its own.
 */
export function nestedContext(
  place: string,
  context: CallContext,
  callOptions: CallOptions<Tensor> = {},
): CallContext {
  return { ...context, key: (purpose) => foldIn(context.key(purpose), place), callOptions };
}

/** Calls a layer inside another. */
export function callNested(
  place: string,
  layer: AnyLayer,
  params: Readonly<Record<string, Tensor | undefined>>,
  input: TensorOrTensors,
  context: CallContext,
  callOptions: CallOptions<Tensor> = {},
): LayerResult {
  const inner = nestedContext(place, context, callOptions);
  const result = layer.call(nestedParams(place, params), input, inner);
  return nestedResult(place, asLayerResult(result));
}
