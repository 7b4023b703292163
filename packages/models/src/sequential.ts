import type {
  Layer,
  ParameterSpec,
  SymbolicResult,
  SymbolicShape,
  SymbolicTensor,
} from '@gradus/layers';
import { expectLayer, input, isSymbolic } from '@gradus/layers';
import { ValueError } from '@gradus/tensor';
import type { SequentialConfig } from './config.js';
import { layerToConfig } from './config.js';
import type { OptionNames } from './expect-options.js';
import { expectOptions } from './expect-options.js';
import type { Graph } from './graph.js';
import { buildGraph } from './graph.js';
import { Model } from './model.js';
import type { ModelOptions } from './layered-model.js';

/** Options of {@link sequential}. */
export interface SequentialOptions extends ModelOptions {
  /** The shape of one sample; without it the model takes its shape from the first data. */
  readonly inputShape?: SymbolicShape;
}

/** Layers one after another. */
export class Sequential extends Model {
  readonly className = 'Sequential';
  #layers: readonly Layer[] = [];
  #input: SymbolicTensor | undefined;
  #graph: Graph | undefined;

  constructor(layers: readonly (Layer | SymbolicTensor)[], options: SequentialOptions) {
    super(options, 'sequential');
    const [first] = layers;
    if (first !== undefined && isInput(first)) this.#input = first;
    else if (options.inputShape !== undefined) this.#input = input({ shape: options.inputShape });
    this.#layers = layers
      .filter((layer): layer is Layer => !isInput(layer))
      .flatMap((layer) => this.#withoutInput(layer));
    if (this.#input !== undefined) this.#link(this.#input);
  }

  #withoutInput(layer: Layer): Layer[] {
    if (layer.className !== 'InputLayer') return [layer];
    const { shape, batchShape, dtype, name } = layer.options as {
      shape?: SymbolicShape;
      batchShape?: SymbolicShape;
      dtype?: 'float32';
      name?: string;
    };
    const own = shape ?? batchShape?.slice(1) ?? [];
    this.#input = input({
      shape: own,
      batchSize: batchShape?.[0] ?? null,
      ...(dtype === undefined ? {} : { dtype }),
      ...(name === undefined ? {} : { name }),
    });
    return [];
  }

  #link(start: SymbolicTensor): void {
    let x = start;
    for (const layer of this.#layers) x = this.#single(layer, layer(x));
    this.#graph = buildGraph(start, x);
  }

  #single(layer: Layer, result: SymbolicResult): SymbolicTensor {
    if (!Array.isArray(result)) return result as SymbolicTensor;
    throw new ValueError(
      'sequential/outputs',
      `Model "${this.name}" takes layers with one output.`,
      {
        got: `${layer.className} with ${result.length} outputs`,
        expected: 'one output, which the next layer takes',
        fix: 'put a graph together instead: model({ inputs, outputs })',
      },
    );
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
          fix: 'sequential([...], { inputShape: [4] }), or call build([null, 4]) or fit first',
        },
      );
    return this.#graph;
  }

  get layers(): readonly Layer[] {
    return this.#layers;
  }

  /** The input, once the model has one. */
  get inputSymbol(): SymbolicTensor | undefined {
    return this.#input;
  }

  build(inputShape: SymbolicShape | readonly SymbolicShape[]): Record<string, ParameterSpec> {
    if (this.isBuilt) return this.sharedParameters;
    const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as SymbolicShape;
    this.#input = input({ shape: shape.slice(1) });
    this.#link(this.#input);
    this.changed();
    return this.sharedParameters;
  }

  /** Puts a layer at the end. */
  add(layer: Layer): this {
    expectPart(layer, this.#layers.length);
    this.#layers = [...this.#layers, ...this.#withoutInput(layer)];
    if (this.#input !== undefined) this.#link(this.#input);
    this.changed();
    return this;
  }

  /** Takes the last layer away and returns it. */
  pop(): Layer {
    const last = this.#layers.at(-1);
    if (last === undefined)
      throw new ValueError('sequential/pop', `Model "${this.name}" has no layers.`, {
        got: 'pop()',
        expected: 'a layer to take away',
      });
    this.#layers = this.#layers.slice(0, -1);
    if (this.#input !== undefined) this.#link(this.#input);
    this.changed();
    return last;
  }

  toConfig(): SequentialConfig {
    const start = this.#input;
    return {
      kind: 'Sequential',
      name: this.name,
      seed: this.seed,
      trainable: this.trainable,
      input:
        start === undefined
          ? null
          : { shape: start.shape, dtype: start.dtype, name: start.name ?? null },
      layers: this.#layers.map((layer) => layerToConfig(layer, this.#graph?.layerNames.get(layer))),
    };
  }
}

const optionNames: OptionNames<SequentialOptions> = {
  inputShape: true,
  name: true,
  seed: true,
  trainable: true,
};

/** A symbolic input may stand first; everything else is a layer. */
function expectPart(part: unknown, place: number): void {
  if (isSymbolic(part)) {
    if (place === 0 && part.source.kind === 'input') return;
    throw new ValueError('sequential/layers', 'sequential connects its layers itself.', {
      got: `what a layer gave, at place ${place}`,
      expected: 'layers; an input() only at place 0',
      fix: 'give the layer without calling it, or write model({ inputs, outputs })',
    });
  }
  // What can be built says itself why it cannot stand here, as text layers do.
  if (typeof part !== 'function' || !('build' in part))
    expectLayer('sequential', part, `layer ${place}`);
}

function isInput(value: Layer | SymbolicTensor): value is SymbolicTensor {
  return typeof value !== 'function';
}

/**
 * A model of layers one after another.
 *
 * @example
 * const xor = sequential([dense({ units: 8, activation: 'tanh' }), dense({ units: 1 })], { inputShape: [2] });
 * xor.parameterCount; // => 33
 */
export function sequential(
  layers: readonly (Layer | SymbolicTensor)[] = [],
  options: SequentialOptions = {},
): Sequential {
  expectOptions('sequential', options, optionNames);
  if (!Array.isArray(layers))
    throw new ValueError('sequential/layers', 'sequential takes its layers in a list.', {
      got: typeof layers === 'function' ? 'a layer' : typeof layers,
      expected: 'a list of layers',
      fix: 'sequential([dense({ units: 1 })])',
    });
  layers.forEach(expectPart);
  return new Sequential(layers, options);
}
