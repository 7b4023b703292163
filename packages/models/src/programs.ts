import type { OptimizerState } from '@gradus/optimizers';
import type { State, Tensor, Tree } from '@gradus/tensor';
import { compile, createState, treeFlatten } from '@gradus/tensor';
import type { Batch, StepPlan, TrainState } from './train-step.js';
import { initialState, predictStep, readLogs, testStep, trainStep } from './train-step.js';
import type { Variable, VariableHome } from './variables.js';

/** Numbers of one epoch or evaluation, by name: `loss` first, then per output, then metrics. */
export type Logs = Record<string, number>;

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
  readonly #predict: (x: readonly Tensor[]) => Tensor[];
  readonly #logs: () => { losses: Tensor[]; metrics: Tensor[] };

  constructor(plan: StepPlan) {
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
    this.#train = compile((state: TrainState, batch: Batch) => trainStep(plan, state, batch), {
      carry,
    });
    this.#test = compile((state: TrainState, batch: Batch) => testStep(plan, state, batch), {
      carry,
    });
    this.#predict = compile(
      (state: TrainState, x: readonly Tensor[]) => predictStep(plan, state, x),
      { carry },
    );
    this.#logs = compile((state: TrainState) => [state, readLogs(plan, state)] as const, { carry });
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
    const { optimizer, trainable } = this.plan;
    if (optimizer === undefined) return;
    const state = this.optimizerState;
    if (state.average === undefined) return;
    optimizer
      .finalize(
        state,
        trainable.map((variable) => variable.read()),
      )
      .forEach((value, i) => trainable[i]?.assign(value));
  }
}
