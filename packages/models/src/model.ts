import type {
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
import type { DType, Tensor } from '@gradus/tensor';
import {
  ShapeError,
  Tensor as TensorClass,
  ValueError,
  concatenate,
  unknownName,
} from '@gradus/tensor';
import { arrange, fitInputs, sliceRows } from './arrange.js';
import type { Compilation, CompileOptions } from './compile-options.js';
import { readCompileOptions } from './compile-options.js';
import { weightsOfConfig } from './config.js';
import type { ModelConfig } from './config.js';
import type { EvaluateOptions, FitOptions, WeightOptions } from './fit.js';
import { evaluate, fit, onBatch } from './fit.js';
import { forward } from './forward.js';
import type { Graph, PlacedVariable, Symbols } from './graph.js';
import { flattenSymbols, inForm, placeVariables } from './graph.js';
import { Programs } from './programs.js';
import type { Logs } from './programs.js';
import type { History, Run } from './run.js';
import { modelToBytes } from './save.js';
import type { SummaryOptions } from './summary.js';
import { summary } from './summary.js';
import type { Variable } from './variables.js';
import { countParameters } from './variables.js';

/** Options that every model takes. */
export interface ModelOptions {
  readonly name?: string;
  /** Decides initial weights, dropout and the order of samples. Default 0. */
  readonly seed?: number | string;
  readonly trainable?: boolean;
}

/** What `predict` returns: one tensor, a list, or an object by output name, as the model's outputs were given. */
export type Prediction = Tensor | readonly Tensor[] | { readonly [output: string]: Tensor };

/** Makes a class whose instances can be called; fields of subclasses land on the function itself. */
class Callable {
  constructor(call: (...args: never[]) => unknown) {
    return Object.setPrototypeOf(call, new.target.prototype) as Callable;
  }
}

// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- Callable makes instances callable; TypeScript has no other way to say so
export interface Model {
  (x: SymbolicTensor | readonly SymbolicTensor[], options?: CallOptions): SymbolicTensor;
}

/**
 * Layers put together, with their variables and what is needed to train them. Made by `sequential(...)` or
 * `model({ inputs, outputs })`. A model is a layer too: call it on a symbolic tensor to use it inside another.
 */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- see the interface above
export abstract class Model extends Callable implements Omit<Layer, 'with'> {
  readonly isGradusModel: true = true;
  abstract readonly className: string;
  declare readonly name: string;
  readonly trainable: boolean;
  readonly seed: number | string;
  readonly options: Readonly<Record<string, unknown>> = {};
  readonly supportsMask = true;
  #placed: readonly PlacedVariable[] | undefined;
  #compilation: Compilation | undefined;
  #programs: Programs | undefined;
  #compiledFor = '';
  /** The history of the last `fit`. */
  history: History | undefined;

  constructor({ name, seed = 0, trainable = true }: ModelOptions, defaultName: string) {
    super((x: SymbolicTensor | readonly SymbolicTensor[], options?: CallOptions): SymbolicTensor =>
      this.#use(x, options),
    );
    this.seed = seed;
    this.trainable = trainable;
    Object.defineProperty(this, 'name', { value: name ?? defaultName, enumerable: true });
  }

  /** The layer calls of the model. Throws when the model has no shape yet. */
  abstract get graph(): Graph;
  abstract get isBuilt(): boolean;
  abstract get layers(): readonly Layer[];
  /** The model as plain data. */
  abstract toConfig(): ModelConfig;
  /** Gives a sequential model its input shape. */
  abstract build(
    inputShape: SymbolicShape | readonly SymbolicShape[],
  ): Record<string, ParameterSpec>;

  /** Forgets graph-dependent things after the layers changed. */
  protected changed(): void {
    for (const { variable } of this.#placed ?? []) variable.read();
    this.#placed = undefined;
    this.#programs = undefined;
    if (this.#compilation !== undefined && this.isBuilt)
      this.#compilation = readCompileOptions(this.#compilation.options, this.graph);
  }

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
      graph.outputs.map(({ shape, dtype }, index): SymbolicTensor => ({
        shape: [batch, ...shape.slice(1)],
        dtype,
        source,
        index,
        name: this.name,
      })),
    ) as Symbols;
  }

  /** The computation on real tensors, in inference mode. */
  call(
    _params: Readonly<Record<string, Tensor>>,
    input: TensorOrTensors,
    context: { training: boolean },
  ): CallResult {
    const inputs = input instanceof TensorClass ? [input] : input;
    const { outputs } = forward(this.graph, inputs, {
      training: context.training,
      key: undefined,
      values: new Map(),
      losses: [],
    });
    return outputs.length === 1 ? (outputs[0] as Tensor) : outputs;
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

  /** Variables with their paths in this model, layer by layer. */
  get placedVariables(): readonly PlacedVariable[] {
    return (this.#placed ??= placeVariables(this.graph, this.seed));
  }

  get variables(): readonly Variable[] {
    return this.placedVariables.map(({ variable }) => variable);
  }

  /** Variables in the order of `getWeights`: per layer trainable ones first, as in Keras. */
  get weights(): readonly Variable[] {
    return weightsOfConfig(this.placedVariables)
      .map(({ variable }) => variable)
      .filter(({ spec }) => spec.isState !== true);
  }

  /**
   * Sets back what stateful layers remember from batch to batch, as before the first: of one layer, or of all.
   *
   * @throws NameError for a layer that is not there or remembers nothing.
   * @example
   * model.resetStates();
   */
  resetStates(layerName?: string): void {
    const states = this.placedVariables.filter(({ variable }) => variable.spec.isState === true);
    const layers = [...new Set(states.map(({ path }) => path.slice(0, path.lastIndexOf('/'))))];
    if (layerName !== undefined && !layers.some((path) => `${path}/`.startsWith(`${layerName}/`)))
      throw unknownName('state', layerName, layers);
    for (const { path, variable } of states)
      if (layerName === undefined || path.startsWith(`${layerName}/`)) variable.reset();
  }

  get trainableVariables(): readonly Variable[] {
    return this.variables.filter(({ trainable }) => trainable);
  }

  /** Number of parameters: elements of all variables, without cut connections. */
  get parameterCount(): number {
    return countParameters(this.variables);
  }

  /** A variable by its path, such as `dense/kernel`. */
  variable(path: string): Variable {
    const found = this.placedVariables.find((placed) => placed.path === path);
    if (found === undefined)
      throw unknownName(
        'variable',
        path,
        this.placedVariables.map((placed) => placed.path),
      );
    return found.variable;
  }

  /** The numbers of all variables, in Keras' order. */
  getWeights(): Tensor[] {
    return this.weights.map((variable) => variable.read());
  }

  /** Replaces the numbers of all variables; shapes are checked before any is changed. */
  setWeights(weights: readonly Tensor[]): void {
    const variables = this.weights;
    if (weights.length !== variables.length)
      throw new ShapeError('model/weights', `Model "${this.name}" has another number of weights.`, {
        got: `${weights.length} tensors`,
        expected: `${variables.length}: ${variables.map(({ path }) => path).join(', ')}`,
      });
    variables.forEach(({ path, shape }, i) => {
      const given = (weights[i] as Tensor).shape;
      if (given.length !== shape.length || given.some((n, axis) => n !== shape[axis]))
        throw new ShapeError('model/weights', `A weight has another shape than "${path}".`, {
          got: `[${given.join(', ')}] at position ${i}`,
          expected: `[${shape.join(', ')}]`,
          fix: 'give the weights of a model with the same layers',
        });
    });
    variables.forEach((variable, i) => variable.assign(weights[i] as Tensor));
  }

  /** Freezes the variables whose path the predicate accepts, and unfreezes the others. The optimizer starts anew. */
  freeze(predicate: (path: string) => boolean): void {
    for (const { path, variable } of this.placedVariables) {
      variable.read();
      variable.frozen = predicate(path);
    }
    this.#programs = undefined;
  }

  /** Chooses optimizer, loss and metrics. */
  compile(options: CompileOptions = {}): this {
    for (const { variable } of this.#placed ?? []) variable.read();
    this.#programs = undefined;
    this.#compilation = this.isBuilt
      ? readCompileOptions(options, this.graph)
      : readUnbuilt(options);
    return this;
  }

  get compilation(): Compilation | undefined {
    return this.#compilation;
  }

  /** The programs of the model, made for the shapes of targets. For the library itself. */
  programs(targets: readonly Tensor[] | undefined): Programs {
    const compilation = this.#compilation;
    const shapes = targets?.map(({ shape }) => shape);
    const signature =
      shapes === undefined
        ? this.#compiledFor
        : shapes.map((shape) => `${shape.length}:${shape.at(-1)}`).join();
    const keep =
      this.#programs !== undefined && (shapes === undefined || this.#compiledFor === signature);
    if (keep) return this.#programs as Programs;
    const before = this.#programs;
    const placed = this.placedVariables;
    for (const { variable } of placed) variable.read();
    const trainable = placed.filter(({ variable }) => variable.trainable);
    const usable =
      compilation !== undefined && !('pending' in compilation) ? compilation : undefined;
    const training = shapes === undefined ? undefined : usable;
    const programs = new Programs({
      graph: this.graph,
      seed: this.seed,
      trainable: trainable.map(({ variable }) => variable),
      others: placed.flatMap(({ variable }) => (variable.trainable ? [] : [variable])),
      names: trainable.map(({ path }) => path),
      optimizer: usable?.optimizer,
      losses: training?.losses(shapes ?? []) ?? [],
      lossWeights: training?.lossWeights ?? [],
      metrics: training?.metrics(shapes ?? []) ?? [],
    });
    if (before?.plan.optimizer !== undefined && before.plan.optimizer === programs.plan.optimizer) {
      programs.optimizerState = before.optimizerState;
      programs.step = before.step;
    }
    this.#programs = programs;
    this.#compiledFor = signature;
    return programs;
  }

  /** Throws unless the model was compiled with a loss. */
  requireCompiled(verb: string): Compilation {
    if (this.#compilation !== undefined && 'pending' in this.#compilation && this.isBuilt)
      this.#compilation = readCompileOptions(this.#compilation.options, this.graph);
    if (this.#compilation === undefined)
      throw new ValueError('model/not-compiled', `Model "${this.name}" has no loss yet.`, {
        got: `${verb} before compile`,
        expected: 'compile first',
        fix: "model.compile({ optimizer: 'adam', loss: 'mse' })",
      });
    return this.#compilation;
  }

  /** The learning rate; NaN when it follows a schedule. */
  get learningRate(): number {
    return this.programs(undefined).optimizerState.learningRate?.item() ?? NaN;
  }

  set learningRate(rate: number) {
    const programs = this.programs(undefined);
    const optimizer = this.requireCompiled('learningRate').optimizer;
    programs.optimizerState = optimizer.withLearningRate(programs.optimizerState, rate);
  }

  /**
   * Trains the model. Returns at once with a `Run`: await it for the history, iterate it for events.
   *
   * @throws ShapeError or ValueError for data that do not fit, before any training.
   */
  fit(x: unknown, y?: unknown, options: FitOptions = {}): Run {
    return fit(this, x, y, options);
  }

  /** Loss and metrics on data, by name. */
  evaluate(x: unknown, y?: unknown, options: EvaluateOptions = {}): Promise<Logs> {
    return evaluate(this, x, y, options);
  }

  /**
   * Predictions for samples, batch by batch. A model with several outputs returns them in the form in which they were
   * given to `model({ outputs })`; say so with `predict<Tensor[]>(x)`.
   */
  predict<P extends Prediction = Tensor>(
    x: unknown,
    { batchSize = 32 }: { readonly batchSize?: number } = {},
  ): P {
    const inputs = this.#inputs(x);
    const count = inputs[0]?.shape[0] ?? 0;
    const programs = this.programs(undefined);
    const parts: Tensor[][] = [];
    for (let begin = 0; begin < count; begin += batchSize)
      parts.push(programs.predict(sliceRows(inputs, begin, Math.min(count, begin + batchSize))));
    const first = parts[0] ?? programs.predict(inputs);
    const outputs = first.map((output, i) =>
      parts.length < 2
        ? output
        : concatenate(
            parts.map((part) => part[i] as Tensor),
            { axis: 0 },
          ),
    );
    return inForm(this.graph.outputForm, outputs) as P;
  }

  /** Predictions for one batch. */
  predictOnBatch<P extends Prediction = Tensor>(x: unknown): P {
    return inForm(this.graph.outputForm, this.programs(undefined).predict(this.#inputs(x))) as P;
  }

  /** One step of training on one batch; loss and metrics of that batch. */
  trainOnBatch(x: unknown, y: unknown, options: WeightOptions = {}): Logs {
    return onBatch(this, 'train', x, y, options);
  }

  /** Loss and metrics of one batch. */
  testOnBatch(x: unknown, y: unknown, options: WeightOptions = {}): Logs {
    return onBatch(this, 'test', x, y, options);
  }

  /** The output of every layer for these inputs, by path: what a picture of the model at work needs. */
  trace(x: unknown): Record<string, Tensor> {
    const seen: Record<string, Tensor> = {};
    const observe = (path: string, output: Tensor): void => {
      seen[path] = output;
    };
    const inputs = this.#inputs(x).map((tensor, i) =>
      tensor.cast(this.graph.inputs[i]?.dtype ?? 'float32'),
    );
    forward(this.graph, inputs, {
      training: false,
      key: undefined,
      values: new Map(),
      losses: [],
      observe,
    });
    return seen;
  }

  #inputs(x: unknown): Tensor[] {
    if (!this.isBuilt) {
      const shape = (arrange(x, ['x'], 'single', 'input')[0] as Tensor).shape;
      this.build([null, ...shape.slice(1)]);
    }
    const { graph } = this;
    return fitInputs(
      this.name,
      graph.inputs,
      graph.inputNames,
      arrange(x, graph.inputNames, graph.inputForm, 'input'),
    );
  }

  /** Prints Keras' table of layers, shapes and parameters, and returns it. */
  summary(options: SummaryOptions = {}): string {
    const text = summary(this, options);
    (options.print ?? console.log)(text);
    return text;
  }

  /** The model as bytes: architecture, weights, and, when compiled, how and how far it was trained. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return modelToBytes(this);
  }

  /** Writes {@link Model.toBytes} to a file, whole or not at all. */
  async save(path: string): Promise<void> {
    const { writeFileAtomic } = await import('@gradus/io');
    await writeFileAtomic(path, this.toBytes());
  }

  /** The programs if there are any; for saving. */
  get currentPrograms(): Programs | undefined {
    return this.#programs;
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

function readUnbuilt(options: CompileOptions): Compilation {
  const empty = {
    inputs: [],
    outputs: [],
    inputNames: [],
    outputNames: [],
    inputForm: 'single',
    outputForm: 'single',
    calls: [],
    layerNames: new Map(),
  } as const;
  return {
    ...readCompileOptions(
      { ...options, loss: null, metrics: null, weightedMetrics: null, lossWeights: null },
      empty,
    ),
    options,
    pending: true,
  } as Compilation;
}
