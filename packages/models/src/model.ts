import type { CallOptions, SymbolicTensor } from '@gradus/layers';
import type { Shape, Tensor } from '@gradus/tensor';
import { ValueError } from '@gradus/tensor';
import type { Compilation, CompileOptions } from './compile-options.js';
import { readCompileOptions, readUnbuilt } from './compile-options.js';
import type { EvaluateOptions } from './evaluate.js';
import { evaluate, onBatch } from './evaluate.js';
import { isStream } from './feed.js';
import type { FitOptions } from './fit.js';
import { fit } from './fit.js';
import { forward } from './forward.js';
import type { Graph } from './graph.js';
import { inForm } from './graph.js';
import type { PredictOptions } from './predict.js';
import { inputsOf, predict } from './predict.js';
import { buildFor } from './prepare.js';
import type { WeightOptions } from './prepare.js';
import { Programs } from './programs.js';
import type { Logs } from './programs.js';
import type { History, Run } from './run.js';
import { modelToBytes } from './save.js';
import type { SummaryOptions } from './summary.js';
import { summary } from './summary.js';
import { WeightedModel } from './weighted-model.js';

export type { ModelOptions } from './layered-model.js';

/** What `predict` returns: one tensor, a list, or an object by output name, as the model's outputs were given. */
export type Prediction = Tensor | readonly Tensor[] | { readonly [output: string]: Tensor };

/** What `predict` returns for a model with these outputs. */
export type PredictionOf<Outputs> = Outputs extends SymbolicTensor
  ? Tensor
  : { readonly [Name in keyof Outputs]: Tensor };

// oxlint-disable-next-line typescript/no-unsafe-declaration-merging, eslint/no-unused-vars -- instances can be called; TypeScript has no other way to say so, and wants the parameters of the class
export interface Model<Out extends Prediction = Tensor> {
  (x: SymbolicTensor | readonly SymbolicTensor[], options?: CallOptions): SymbolicTensor;
}

/**
 * Layers put together, with their variables and what is needed to train them. Made by `sequential(...)` or
 * `model({ inputs, outputs })`. A model is a layer too: call it on a symbolic tensor to use it inside another.
 */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- see the interface above
export abstract class Model<Out extends Prediction = Tensor> extends WeightedModel {
  #compilation: Compilation | undefined;
  #programs: Programs | undefined;
  #compiledFor = '';
  #whyUncompiled: string | undefined;
  /** The history of the last `fit`. */
  history: History | undefined;

  protected forgetPrograms(): void {
    this.#programs = undefined;
  }

  /** Forgets graph-dependent things after the layers changed. */
  protected changed(): void {
    this.forgetVariables();
    this.#programs = undefined;
    if (this.#compilation !== undefined && this.isBuilt)
      this.#compilation = readCompileOptions(this.#compilation.options, this.graph);
  }

  /**
   * Chooses optimizer, loss and metrics, and how steps run.
   *
   * @throws NameError for an unknown optimizer, loss, metric or output; ValueError for options that do not fit the outputs.
   */
  compile(options: CompileOptions = {}): this {
    this.readVariables();
    this.#programs = undefined;
    this.#compilation = this.isBuilt
      ? readCompileOptions(options, this.graph)
      : readUnbuilt(options);
    return this;
  }

  /** Remembers why a model that was compiled is not. For the library itself. */
  leaveUncompiled(reason: string): void {
    this.#whyUncompiled = reason;
  }

  get compilation(): Compilation | undefined {
    return this.#compilation;
  }

  /** The programs of the model, made for the shapes of targets. For the library itself. */
  programs(targets: readonly Tensor[] | undefined): Programs {
    const compilation = this.#compilation;
    const shapes = targets?.map(({ shape }) => shape);
    const signature = shapes === undefined ? this.#compiledFor : shapes.map(signatureOf).join();
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
      trainStep: usable?.options.trainStep,
      testStep: usable?.options.testStep,
      runEagerly: usable?.options.runEagerly ?? false,
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
        got: `${verb} before compile${this.#whyUncompiled === undefined ? '' : `; the model comes from ${this.#whyUncompiled}`}`,
        expected: 'compile first',
        fix: "model.compile({ optimizer: 'adam', loss: 'mse' })",
      });
    return this.#compilation;
  }

  /** The learning rate; NaN when it follows a schedule. */
  get learningRate(): number {
    const { plan, optimizerState } = this.programs(undefined);
    const { optimizer } = plan;
    if (optimizer === undefined || typeof optimizer.learningRate !== 'number') return NaN;
    return optimizer.currentLearningRate(optimizerState).item();
  }

  set learningRate(rate: number) {
    const programs = this.programs(undefined);
    const optimizer = this.requireCompiled('learningRate').optimizer;
    programs.optimizerState = optimizer.withLearningRate(programs.optimizerState, rate);
  }

  /**
   * Trains the model. Returns at once with a `Run`: await it for the history, iterate it for events.
   *
   * Data that come batch by batch, such as a dataset, bring their targets: `fit(dataset, { epochs: 5 })`.
   *
   * @throws ShapeError or ValueError for data that do not fit, before any training.
   */
  fit(x: unknown, y?: unknown, options?: FitOptions): Run {
    const given = targetAndOptions(x, y, options);
    return fit(this, x, given.y, given.options);
  }

  /** Loss and metrics on data, by name. A dataset brings its targets: `evaluate(dataset, { batchSize: 64 })`. */
  evaluate(x: unknown, y?: unknown, options?: EvaluateOptions): Promise<Logs> {
    const given = targetAndOptions(x, y, options);
    return evaluate(this, x, given.y, given.options);
  }

  /**
   * Predictions for samples, batch by batch. A model with several outputs returns them in the form in which they were
   * given to `model({ outputs })`. Where types cannot know it, as of a loaded model, say `predict<Tensor[]>(x)`.
   */
  predict<P extends Prediction = Out>(x: unknown, options: PredictOptions = {}): P {
    return inForm(this.graphFor(x).outputForm, predict(this, x, options)) as P;
  }

  /** Predictions for one batch. */
  predictOnBatch<P extends Prediction = Out>(x: unknown): P {
    const { outputForm } = this.graphFor(x);
    return inForm(outputForm, this.programs(undefined).predict(inputsOf(this, x))) as P;
  }

  /** The graph; a model without a shape takes it from the data first. */
  graphFor(x: unknown): Graph {
    buildFor(this, x);
    return this.graph;
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
    const inputs = inputsOf(this, x).map((tensor, i) =>
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
}

/** What losses and metrics are chosen by: rank and last axis. The batch, which is the only axis of a list of labels, is none of it. */
const signatureOf = (shape: Shape): string =>
  shape.length < 2 ? String(shape.length) : `${shape.length}:${shape.at(-1)}`;

/** A stream has no targets beside it, so what comes second are its options. */
function targetAndOptions<Options extends object>(
  x: unknown,
  y: unknown,
  options: Options | undefined,
): { readonly y: unknown; readonly options: Options | Record<never, never> } {
  if (!isStream(x) || y === undefined || y === null) return { y, options: options ?? {} };
  if (options === undefined && Object.getPrototypeOf(y) === Object.prototype)
    return { y: undefined, options: y as Options };
  throw new ValueError('fit/stream-targets', 'Data that come batch by batch bring their targets.', {
    got: 'a stream of batches, and targets beside it',
    expected: 'batches of { x, y }',
    fix: 'put y into the batches, and write fit(dataset, { epochs: 5 })',
  });
}
