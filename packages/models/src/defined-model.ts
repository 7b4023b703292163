import type { AnyLayer, Layer, ParameterSpec, SymbolicShape, SymbolicTensor } from '@gradus/layers';
import { input } from '@gradus/layers';
import type { Tensor } from '@gradus/tensor';
import { ValueError } from '@gradus/tensor';
import type { FunctionalConfig } from './config.js';
import { graphToConfig } from './config.js';
import type { Graph, Symbols } from './graph.js';
import { buildGraph } from './graph.js';
import type { ModelOptions } from './layered-model.js';
import type { Prediction, PredictionOf } from './model.js';
import { Model } from './model.js';

/** What the `call` of a defined model gets: one symbolic tensor, or an object of them by name. */
export type ModelInput = SymbolicTensor | { readonly [name: string]: SymbolicTensor };

/** Layers (and models) that a defined model owns, by names of its own. */
export interface OwnLayers {
  readonly [name: string]: AnyLayer | readonly AnyLayer[];
}

/** What makes a class of models: see {@link defineModel}. */
export interface ModelDefinition<
  Options,
  Layers extends OwnLayers,
  Input extends ModelInput,
  Outputs extends Symbols = Symbols,
> {
  /** The default name of its models. */
  readonly name: string;
  /** The layers that a model owns, made once. */
  layers(options: Options): Layers;
  /** How they are connected. It is called once, on symbolic tensors, when the shape of the input is known. */
  call(layers: Layers, x: Input, options: Options): Outputs;
}

/** Options of models that {@link defineModel} makes, beside their own. */
export interface DefinedModelOptions extends ModelOptions {
  /** The shape of one sample, or of one of each input by name; without it the first data tell. */
  readonly inputShape?: SymbolicShape | { readonly [name: string]: SymbolicShape };
}

/** A model whose layers and connections are written in code. Files hold the graph that came of it. */
export class DefinedModel<
  Layers extends OwnLayers = OwnLayers,
  Out extends Prediction = Tensor,
> extends Model<Out> {
  readonly className = 'Functional';
  /** The layers under the names that the definition gave them. */
  readonly own: Layers;
  readonly #connect: (x: ModelInput) => Symbols;
  #graph: Graph | undefined;

  constructor(
    defaultName: string,
    own: Layers,
    connect: (x: ModelInput) => Symbols,
    options: DefinedModelOptions,
  ) {
    super(options, defaultName);
    this.own = own;
    this.#connect = connect;
    const { inputShape } = options;
    if (inputShape !== undefined) this.#link(inputShape);
  }

  #link(shape: SymbolicShape | { readonly [name: string]: SymbolicShape }): void {
    const x = Array.isArray(shape)
      ? input({ shape })
      : Object.fromEntries(
          Object.entries(shape as { readonly [name: string]: SymbolicShape }).map(([name, one]) => [
            name,
            input({ shape: one, name }),
          ]),
        );
    this.#graph = buildGraph(x, this.#connect(x));
  }

  get isBuilt(): boolean {
    return this.#graph !== undefined;
  }

  get graph(): Graph {
    if (this.#graph === undefined)
      throw new ValueError(
        'model/not-built',
        `Model "${this.name}" does not know its input shape yet.`,
        {
          got: 'no input shape and no data so far',
          expected: 'one of them',
          fix: 'give it the option inputShape, or call build([null, 4]) or fit first',
        },
      );
    return this.#graph;
  }

  get layers(): readonly Layer[] {
    return [...this.graph.layerNames.keys()];
  }

  build(inputShape: SymbolicShape | readonly SymbolicShape[]): Record<string, ParameterSpec> {
    if (this.isBuilt) return this.sharedParameters;
    const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as SymbolicShape;
    this.#link(shape.slice(1));
    this.changed();
    return this.sharedParameters;
  }

  toConfig(): FunctionalConfig {
    return {
      kind: 'Functional',
      name: this.name,
      seed: this.seed,
      trainable: this.trainable,
      ...graphToConfig(this.graph),
    };
  }
}

/**
 * Defines a class of models, as a subclass of Keras' `Model` does: the layers it owns, and how they are connected.
 * Operations of tensors may stand between the layers.
 *
 * @example
 * const residual = defineModel({
 *   name: 'residual',
 *   layers: ({ units }: { units: number }) => ({ inner: dense({ units, activation: 'relu' }), outer: dense({ units }) }),
 *   call: ({ inner, outer }, x: SymbolicTensor) => x.add(outer(inner(x))),
 * });
 * residual({ units: 3, inputShape: [3] }).parameterCount; // => 24
 */
export function defineModel<
  Options extends object,
  Layers extends OwnLayers,
  Input extends ModelInput = SymbolicTensor,
  Outputs extends Symbols = SymbolicTensor,
>(
  definition: ModelDefinition<Options, Layers, Input, Outputs>,
): (options: Options & DefinedModelOptions) => DefinedModel<Layers, PredictionOf<Outputs>> {
  return (options) => {
    const own = definition.layers(options);
    return new DefinedModel(
      definition.name,
      own,
      (x) => definition.call(own, x as Input, options),
      options,
    );
  };
}
