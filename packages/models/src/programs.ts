import type { OptimizerState } from '@gradus/optimizers';
import type { State, Tensor, Tree, TypedArray } from '@gradus/tensor';
import { compile, createState, scan, tensor, treeFlatten, treeMap } from '@gradus/tensor';
import { useEngine } from './engine.js';
import type { Batch, StepPlan, TrainState } from './train-step.js';
import { initialState, predictStep, readLogs, testStep, trainStep } from './train-step.js';
import type { Variable, VariableHome } from './variables.js';

/** Numbers of one epoch or evaluation, by name: `loss` first, then per output, then metrics. */
export type Logs = Record<string, number>;

/** Bytes that a program of several steps may keep of the states between them; the next size down runs step by step. */
const LARGEST_HISTORY = 1 << 24;

/** Several batches stacked: how many, from the first axis. */
const countOf = ({ x }: Batch): number => x[0]?.shape[0] ?? 0;

/** One of several stacked batches. */
function batchAt(stacked: Batch, index: number): Batch {
  return treeMap((values: Tensor) => {
    const size = values.size / Math.max(1, values.shape[0] ?? 1);
    return tensor(values.data.subarray(index * size, (index + 1) * size) as TypedArray, {
      shape: values.shape.slice(1),
      dtype: values.dtype,
    });
  }, stacked) as Batch;
}

/**
 * The programs of one model and the memory they share. Variables know that their newest numbers may be here, and fetch
 * them when read; what changed outside is pushed in before a run.
 */
export class Programs implements VariableHome {
  readonly plan: StepPlan;
  readonly #state: State<TrainState>;
  readonly #variables: readonly Variable[];
  readonly #leaf: ReadonlyMap<Variable, number>;
  /** What every run changes, in prediction too: what stateful layers remember. */
  readonly #states: readonly Variable[];
  readonly #seen: number[];
  readonly #fresh: Pick<TrainState, 'losses' | 'metrics'>;
  /** Position of the first mean among the leaves of the state. */
  readonly #firstLog: number;
  readonly #train: (batch: Batch) => { loss: Tensor };
  readonly #test: (batch: Batch) => { loss: Tensor };
  readonly #trainMany: (batches: Batch) => Tensor;
  readonly #testMany: (batches: Batch) => Tensor;
  readonly #predict: (x: readonly Tensor[]) => Tensor[];
  readonly #stateBytes: number;
  readonly #logs: () => { losses: Tensor[]; metrics: Tensor[] };

  constructor(plan: StepPlan) {
    useEngine();
    this.plan = plan;
    const fresh = initialState(plan);
    const { trainable, others, optimizer, losses, metrics } = fresh;
    this.#fresh = { losses, metrics };
    this.#firstLog = treeFlatten([trainable, others, optimizer]).leaves.length;
    const carry = createState(fresh);
    this.#state = carry;
    this.#variables = [...plan.trainable, ...plan.others];
    this.#states = plan.others.filter(({ spec }) => spec.isState === true);
    this.#leaf = new Map(this.#variables.map((variable, i) => [variable, i]));
    this.#seen = this.#variables.map(({ version }) => version);
    this.#stateBytes = carry.types.reduce((bytes, { size }) => bytes + 4 * size, 0);
    const train = plan.trainStep ?? trainStep;
    const test = plan.testStep ?? testStep;
    const program = <Args extends readonly Tree[], R extends Tree>(
      step: (state: TrainState, ...args: Args) => readonly [TrainState, R],
    ): ((...args: Args) => R) => {
      if (plan.runEagerly !== true) return compile(step, { carry });
      return (...args) => {
        const [next, result] = step(carry.read(), ...args);
        carry.write(next);
        return result;
      };
    };
    this.#train = program((state, batch: Batch) => train(plan, state, batch));
    this.#test = program((state, batch: Batch) => test(plan, state, batch));
    // One graph however many steps: the body of the loop is recorded once.
    this.#trainMany = program((state, batches: Batch) =>
      scan(
        (current: TrainState, batch: Batch) => {
          const [next, { loss }] = train(plan, current, batch);
          return [next, loss] as const;
        },
        state,
        batches,
      ),
    );
    this.#testMany = program((state, batches: Batch) => {
      // Only what evaluation changes is carried from step to step.
      const [{ others, losses: means, metrics: counts }, values] = scan(
        (current: Pick<TrainState, 'others' | 'losses' | 'metrics'>, batch: Batch) => {
          const [next, { loss }] = test(plan, { ...state, ...current } as TrainState, batch);
          return [
            { others: next.others, losses: next.losses, metrics: next.metrics },
            loss,
          ] as const;
        },
        { others: state.others, losses: state.losses, metrics: state.metrics },
        batches,
      );
      return [{ ...state, others, losses: means, metrics: counts }, values] as const;
    });
    this.#predict = program((state, x: readonly Tensor[]) => predictStep(plan, state, x));
    this.#logs = program((state) => [state, readLogs(plan, state)] as const);
  }

  pull(variable: Variable): Tensor {
    return this.#state.readLeaf(this.#leaf.get(variable) as number);
  }

  #push(): void {
    this.#variables.forEach((variable, i) => {
      if (this.#seen[i] === variable.version) return;
      this.#state.writeLeaf(i, variable.read());
      this.#seen[i] = variable.version;
    });
  }

  #changed(variables: readonly Variable[]): void {
    for (const variable of variables) {
      variable.changedIn(this);
      this.#seen[this.#leaf.get(variable) as number] = variable.version;
    }
  }

  train(batch: Batch): Tensor {
    this.#push();
    const { loss } = this.#train(batch);
    this.#changed(this.#variables);
    return loss;
  }

  test(batch: Batch): Tensor {
    this.#push();
    const { loss } = this.#test(batch);
    this.#changed(this.#states);
    return loss;
  }

  /** Several steps of training; the loss of the last. `batches` has one more axis in front: the steps. */
  trainMany(batches: Batch): Tensor {
    const count = countOf(batches);
    if (this.plan.runEagerly === true || count * this.#stateBytes > LARGEST_HISTORY) {
      let loss: Tensor | undefined;
      for (let i = 0; i < count; i++) loss = this.train(batchAt(batches, i));
      return loss as Tensor;
    }
    this.#push();
    const losses = this.#trainMany(batches);
    this.#changed(this.#variables);
    return losses.slice([count - 1], [1]).reshape([]);
  }

  /** Several steps of evaluation. */
  testMany(batches: Batch): void {
    if (this.plan.runEagerly === true) {
      for (let i = 0; i < countOf(batches); i++) this.test(batchAt(batches, i));
      return;
    }
    this.#push();
    this.#testMany(batches);
    this.#changed(this.#states);
  }

  predict(x: readonly Tensor[]): Tensor[] {
    this.#push();
    const outputs = this.#predict(x);
    this.#changed(this.#states);
    return outputs;
  }

  /** Sets means and metrics back to nothing; leaf by leaf, so that a large model is not copied for it. */
  resetLogs(): void {
    const { losses, metrics } = this.#fresh;
    treeFlatten([losses, metrics]).leaves.forEach((leaf, i) =>
      this.#state.writeLeaf(this.#firstLog + i, leaf),
    );
  }

  /** Means and metrics in Keras' order. */
  logs(): Logs {
    const { losses, metrics } = this.#logs();
    const { graph } = this.plan;
    const names = ['loss'];
    if (graph.outputs.length > 1)
      this.plan.losses.forEach(
        (loss, i) => loss !== null && names.push(`${graph.outputNames[i] as string}_loss`),
      );
    const logs: Logs = {};
    names.forEach((name, i) => (logs[name] = (losses[i] as Tensor).item()));
    this.plan.metrics.forEach(({ key }, i) => {
      const result = metrics[i] as Tensor;
      logs[key] = result.size === 1 ? result.item() : result.mean().item();
    });
    return logs;
  }

  get optimizerState(): OptimizerState {
    return this.#state.read().optimizer as unknown as OptimizerState;
  }

  set optimizerState(optimizer: OptimizerState) {
    this.#state.write({ ...this.#state.read(), optimizer: optimizer as unknown as Tree });
  }

  /** Tensors of the optimizer, in the order of its tree. */
  get optimizerLeaves(): readonly Tensor[] {
    return treeFlatten(this.#state.read().optimizer).leaves;
  }

  get step(): Tensor {
    return this.#state.read().step;
  }

  set step(step: Tensor) {
    this.#state.write({ ...this.#state.read(), step });
  }

  /** Puts the averages of the optimizer in place of the variables, when it keeps any. */
  finalize(): void {
    const { optimizer, trainable, names } = this.plan;
    if (optimizer === undefined) return;
    const current = trainable.map((variable) => variable.read());
    optimizer.finalize(this.optimizerState, current, { names }).forEach((value, i) => {
      if (value !== current[i]) trainable[i]?.assign(value);
    });
  }

  /** Exchanges variables and averages, wherever an optimizer keeps averages; false when none does. */
  swapAverages(): boolean {
    return this.#replaceAverages((averages, values) => {
      values.forEach((variable, i) => variable.assign(averages[i] as Tensor));
    });
  }

  /** Makes the averages equal to the variables. */
  setAverages(): void {
    this.#replaceAverages(() => undefined);
  }

  #replaceAverages(
    before: (averages: readonly Tensor[], variables: readonly Variable[]) => void,
  ): boolean {
    const { trainable } = this.plan;
    const replace = (state: OptimizerState): OptimizerState | undefined => {
      if (state.average !== undefined && state.average.length === trainable.length) {
        const values = trainable.map((variable) => variable.read());
        before(state.average, trainable);
        return { ...state, average: values };
      }
      // The averages of an optimizer inside, such as that of one which scales losses.
      const inner = state.inner?.map(replace);
      return inner?.some((found) => found !== undefined) === true
        ? {
            ...state,
            inner: inner.map((found, i) => found ?? (state.inner?.[i] as OptimizerState)),
          }
        : undefined;
    };
    const next = this.plan.optimizer === undefined ? undefined : replace(this.optimizerState);
    if (next === undefined) return false;
    this.optimizerState = next;
    return true;
  }
}
