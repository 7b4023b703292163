import type { Tensor } from '@gradus/tensor';
import { einsumDense } from './einsum-dense.js';
import type { HeadAttentionConfig } from './head-attention.js';
import type { CallContext, Layer, ParameterSpec } from './layer.js';
import { expectLastAxis } from './layer-errors.js';
import { callNested, nestedSpecs } from './nested-layer.js';
import type { Regularizer } from './regularizers.js';
import type { SymbolicShape } from './symbolic.js';

/** A dense layer inside an attention: its place, and the shape of what goes in. */
export interface Projection {
  readonly layer: Layer;
  readonly inputShape: SymbolicShape;
}

/** The dense layers inside an attention by their places, in the order of their parameters. */
export interface Projections {
  readonly queryDense: Projection;
  readonly keyDense: Projection;
  readonly gateDense?: Projection;
  readonly valueDense: Projection;
  readonly outputDense: Projection;
}

const letters = 'abcdefghijklmnopqrstuvwxyz';

/**
 * A dense layer from the last `from.length` axes of an input to axes of the lengths `to`; the axes before them stay.
 */
export function projection(
  config: HeadAttentionConfig & { readonly activityRegularizer: Regularizer | null },
  inputShape: SymbolicShape,
  bound: number,
  to: readonly number[],
  activation: 'linear' | 'sigmoid' = 'linear',
): Projection {
  const free = inputShape.length - bound;
  const stay = letters.slice(0, free);
  const summed = letters.slice(free, free + bound);
  const made = letters.slice(free + bound, free + bound + to.length);
  const layer = einsumDense({
    equation: `${stay}${summed},${summed}${made}->${stay}${made}`,
    outputShape: [...new Array<null>(free - 1).fill(null), ...to],
    biasAxes: config.useBias ? made : null,
    activation,
    kernelInitializer: config.kernelInitializer,
    biasInitializer: config.biasInitializer,
    kernelRegularizer: config.kernelRegularizer,
    biasRegularizer: config.biasRegularizer,
    kernelConstraint: config.kernelConstraint,
    biasConstraint: config.biasConstraint,
    activityRegularizer: config.activityRegularizer,
  });
  return { layer, inputShape };
}

/** The parameters of all projections. */
export function projectionSpecs(projections: Projections): Record<string, ParameterSpec | null> {
  return Object.assign(
    {},
    ...Object.entries(projections).map(([place, { layer, inputShape }]: [string, Projection]) =>
      nestedSpecs(place, layer.build(inputShape)),
    ),
  ) as Record<string, ParameterSpec | null>;
}

/** Calls projections one by one, and remembers the losses of each. */
export class ProjectionCalls {
  readonly #label: string;
  readonly #projections: Projections;
  readonly #params: Readonly<Record<string, Tensor | undefined>>;
  readonly #context: CallContext;
  readonly #losses: Map<string, readonly Tensor[]> = new Map();

  constructor(
    label: string,
    projections: Projections,
    params: Readonly<Record<string, Tensor | undefined>>,
    context: CallContext,
  ) {
    this.#label = label;
    this.#projections = projections;
    this.#params = params;
    this.#context = context;
  }

  run(place: keyof Projections, x: Tensor): Tensor {
    const { layer } = this.#projections[place] as Projection;
    const features = this.#params[`${place}/kernel`]?.shape[0] as number;
    // What goes into the last one was made here, so only the others can be wrong.
    if (place !== 'outputDense') expectLastAxis(this.#label, x.shape, features);
    const { output, losses } = callNested(place, layer, this.#params, x, this.#context);
    this.#losses.set(place, losses);
    return output as Tensor;
  }

  /** In the order of the projections, whatever the order of the calls. */
  get losses(): readonly Tensor[] {
    return Object.keys(this.#projections).flatMap((place) => this.#losses.get(place) ?? []);
  }
}
