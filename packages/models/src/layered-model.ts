import type {
  CallContext,
  CallOptions,
  CallResult,
  Layer,
  LayerCall,
  LayerOptions,
  Mask,
  ParameterSpec,
  SymbolicShape,
  SymbolicTensor,
  TensorOrTensors,
} from '@gradus/layers';
import { isSymbolic, symbolicTensor } from '@gradus/layers';
import { layerResult } from '@gradus/layers';
import type { DType, Tensor } from '@gradus/tensor';
import { Tensor as TensorClass, ValueError } from '@gradus/tensor';
import type { ModelConfig } from './config.js';
import { forward } from './forward.js';
import type { Graph, PlacedVariable, Symbols } from './graph.js';
import { flattenSymbols, inForm } from './graph.js';
import { sharedSpec } from './variables.js';

/** Options that every model takes. */
export interface ModelOptions {
  readonly name?: string;
  /** Decides initial weights, dropout and the order of samples. Default 0. */
  readonly seed?: number | string;
  readonly trainable?: boolean;
}

/** Makes a class whose instances can be called; fields of subclasses land on the function itself. */
class Callable {
  constructor(call: (...args: never[]) => unknown) {
    return Object.setPrototypeOf(call, new.target.prototype) as Callable;
  }
}

// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- Callable makes instances callable; TypeScript has no other way to say so
export interface LayeredModel {
  (x: SymbolicTensor | readonly SymbolicTensor[], options?: CallOptions): SymbolicTensor;
}

/** What makes a model a layer: it has a graph, and can be called on symbolic tensors to be used inside another model. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- see the interface above
export abstract class LayeredModel extends Callable implements Omit<Layer, 'with'> {
  readonly isGradusModel: true = true;
  abstract readonly className: string;
  declare readonly name: string;
  #trainable: boolean;
  readonly seed: number | string;
  readonly options: Readonly<Record<string, unknown>> = {};
  readonly supportsMask = true;

  constructor({ name, seed = 0, trainable = true }: ModelOptions, defaultName: string) {
    super((x: SymbolicTensor | readonly SymbolicTensor[], options?: CallOptions): SymbolicTensor =>
      this.#use(x, options),
    );
    this.seed = seed;
    this.#trainable = trainable;
    Object.defineProperty(this, 'name', { value: name ?? defaultName, enumerable: true });
  }

  /**
   * Whether training changes the model, also inside of another one. Setting it freezes all variables or none; a model
   * around this one takes notice when it is compiled, as in Keras.
   *
   * @example
   * body.trainable = false;
   * whole.compile({ optimizer: 'adam', loss: 'mse' });
   */
  get trainable(): boolean {
    return this.#trainable;
  }

  set trainable(trainable: boolean) {
    this.#trainable = trainable;
    this.setAllTrainable(trainable);
  }

  /** Freezes the variables that there are so far, or unfreezes them. */
  protected abstract setAllTrainable(trainable: boolean): void;

  /** The layer calls of the model. Throws when the model has no shape yet. */
  abstract get graph(): Graph;
  abstract get isBuilt(): boolean;
  abstract get layers(): readonly Layer[];
  /** The model as plain data. */
  abstract toConfig(): ModelConfig;
  /** Variables with their paths in this model, layer by layer. */
  abstract get placedVariables(): readonly PlacedVariable[];
  /**
   * Gives a sequential model its input shape. Its variables, by path, are parameters for a layer around the model, such
   * as timeDistributed; both then share them.
   */
  abstract build(
    inputShape: SymbolicShape | readonly SymbolicShape[],
  ): Record<string, ParameterSpec>;

  #use(x: SymbolicTensor | readonly SymbolicTensor[], options?: CallOptions): SymbolicTensor {
    const outputs = flattenSymbols(this.apply(x, options)).list;
    if (outputs.length !== 1)
      throw new ValueError('model/outputs', `Model "${this.name}" has ${outputs.length} outputs.`, {
        got: 'a call that expects one',
        expected: 'apply(x), which returns all of them',
        fix: `const [a, b] = ${this.name}.apply(x)`,
      });
    return outputs[0] as SymbolicTensor;
  }

  /** The model used as a layer: symbolic outputs in the form of the model's outputs. */
  apply(x: Symbols, options: CallOptions = {}): Symbols {
    const { list, form } = flattenSymbols(x);
    if (!list.every(isSymbolic))
      throw new ValueError('model/symbolic', `Model "${this.name}" is called like a layer.`, {
        got: 'numbers',
        expected: 'what input() or another layer gives',
        fix: `${this.name}.predict(x)`,
      });
    if (!this.isBuilt) this.build((list[0] as SymbolicTensor).shape);
    const { graph } = this;
    const source: LayerCall = {
      kind: 'layer',
      layer: this as unknown as Layer,
      inputs: list,
      inputsAs: form === 'single' ? 'single' : 'list',
      options,
    };
    const batch = list[0]?.shape[0] ?? null;
    return inForm(
      graph.outputForm,
      graph.outputs.map(({ shape, dtype }, index) =>
        symbolicTensor({
          shape: [batch, ...shape.slice(1)],
          dtype,
          source,
          index,
          name: this.name,
        }),
      ),
    ) as Symbols;
  }

  /** The variables as parameters of a layer around the model. */
  protected get sharedParameters(): Record<string, ParameterSpec> {
    return Object.fromEntries(
      this.placedVariables.map(({ path, variable }) => [path, sharedSpec(variable)]),
    );
  }

  /** The computation on real tensors, with the parameters that a layer around the model hands in, else with its own. */
  call(
    params: Readonly<Record<string, Tensor>>,
    input: TensorOrTensors,
    context: Pick<CallContext, 'training'> & Partial<CallContext>,
  ): CallResult {
    const inputs = input instanceof TensorClass ? [input] : input;
    const given = this.placedVariables.flatMap(({ path, variable }) => {
      const value = params[path];
      return value === undefined ? [] : [{ path, variable, value }];
    });
    const values = new Map(given.map(({ variable, value }) => [variable, value]));
    const losses: Tensor[] = [];
    const { outputs } = forward(
      this.graph,
      inputs,
      { training: context.training, key: context.key?.('model'), values, losses },
      '',
      context.masks ?? [context.mask ?? null],
    );
    const changed = given.filter(({ variable, value }) => values.get(variable) !== value);
    return layerResult({
      output: outputs.length === 1 ? (outputs[0] as Tensor) : outputs,
      state: Object.fromEntries(
        changed.map(({ path, variable }) => [path, values.get(variable) as Tensor]),
      ),
      losses,
    });
  }

  outputShape(): SymbolicShape {
    return this.graph.outputs[0]?.shape ?? [];
  }

  outputDType(): DType {
    return this.graph.outputs[0]?.dtype ?? 'float32';
  }

  computeMask(_input: TensorOrTensors, mask: Mask | readonly Mask[]): Mask {
    return mask instanceof TensorClass || mask === null ? mask : (mask[0] ?? null);
  }

  getConfig(): Readonly<Record<string, never>> {
    return this.toConfig() as unknown as Readonly<Record<string, never>>;
  }

  with(_changes: LayerOptions): Layer {
    throw new ValueError(
      'model/with',
      'A model has variables, so it cannot be copied with other options.',
      {
        got: 'model.with(...)',
        expected: 'a new model',
      },
    );
  }
}
