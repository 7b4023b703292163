import type { Layer, ParameterSpec } from '@gradus/layers';
import { isSymbolic } from '@gradus/layers';
import type { Tensor } from '@gradus/tensor';
import { ValueError } from '@gradus/tensor';
import type { FunctionalConfig } from './config.js';
import { graphToConfig } from './config.js';
import type { OptionNames } from './expect-options.js';
import { expectOptions } from './expect-options.js';
import type { Graph, Symbols } from './graph.js';
import { buildGraph } from './graph.js';
import type { Prediction, PredictionOf } from './model.js';
import { Model } from './model.js';
import type { ModelOptions } from './layered-model.js';

/** Options of {@link model}. */
export interface FunctionalOptions<Outputs extends Symbols = Symbols> extends ModelOptions {
  readonly inputs: Symbols;
  readonly outputs: Outputs;
}

/** Layers in any graph without cycles. */
export class Functional<Out extends Prediction = Tensor> extends Model<Out> {
  readonly className = 'Functional';
  readonly graph: Graph;
  readonly isBuilt = true;

  constructor(options: FunctionalOptions) {
    super(options, 'functional');
    this.graph = buildGraph(options.inputs, options.outputs);
  }

  get layers(): readonly Layer[] {
    return [...this.graph.layerNames.keys()];
  }

  build(): Record<string, ParameterSpec> {
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

const optionNames: OptionNames<FunctionalOptions> = {
  inputs: true,
  name: true,
  outputs: true,
  seed: true,
  trainable: true,
};

function expectSymbols(option: 'inputs' | 'outputs', given: unknown): void {
  const isGroup = typeof given === 'object' && given !== null && !isSymbolic(given);
  const parts: readonly unknown[] = isGroup ? Object.values(given) : [given];
  if (parts.length > 0 && parts.every((part) => isSymbolic(part))) return;
  const isLayer = parts.some((part) => typeof part === 'function');
  throw new ValueError('model/symbols', `model needs ${option}.`, {
    got: isLayer ? 'a layer' : isGroup ? 'a group with something else in it' : typeof given,
    expected: 'what input() or a layer gives; one, a list, or an object by name',
    fix:
      option === 'inputs'
        ? 'inputs: x, where x = input({ shape: [4] })'
        : 'outputs: dense({ units: 1 })(x)',
  });
}

/**
 * A model from symbolic tensors: several inputs and outputs, shared layers, models inside models.
 *
 * @example
 * const a = input({ shape: [3] });
 * const both = model({ inputs: a, outputs: { sum: dense({ units: 1 })(a), mood: dense({ units: 2 })(a) } });
 * both.parameterCount; // => 12
 */
export function model<Outputs extends Symbols>(
  options: FunctionalOptions<Outputs>,
): Functional<PredictionOf<Outputs>> {
  expectOptions('model', options, optionNames);
  expectSymbols('inputs', options.inputs);
  expectSymbols('outputs', options.outputs);
  return new Functional(options);
}
