import type { Mask } from '@gradus/layers';
import type { Loss } from '@gradus/losses';
import { computeLoss } from '@gradus/losses';
import type { Optimizer, OptimizerState } from '@gradus/optimizers';
import type { Tensor, Tree } from '@gradus/tensor';
import { ValueError, add, foldIn, full, key, mul, tensor, valueAndGrad } from '@gradus/tensor';
import type { PlacedMetric } from './compile-options.js';
import { forward } from './forward.js';
import type { Graph } from './graph.js';
import type { Variable } from './variables.js';

/** A batch as the programs take it: one tensor per input and per output; weights are absent or one per output. */
export interface Batch {
  readonly x: readonly Tensor[];
  readonly y: readonly Tensor[];
  readonly weights: readonly Tensor[];
  readonly [key: string]: readonly Tensor[];
}

/** A weighted mean under way. */
export interface MeanState {
  readonly total: Tensor;
  readonly count: Tensor;
  readonly [key: string]: Tensor;
}

/** Everything that changes while a model trains. */
export interface TrainState {
  readonly trainable: readonly Tensor[];
  readonly others: readonly Tensor[];
  readonly optimizer: Tree;
  readonly losses: readonly MeanState[];
  readonly metrics: readonly Tree[];
  /** Steps taken, for the randomness of each. */
  readonly step: Tensor;
  readonly [key: string]: Tree;
}

/** What the steps of a model are made from. */
export interface StepPlan {
  readonly graph: Graph;
  readonly seed: number | string;
  readonly trainable: readonly Variable[];
  readonly others: readonly Variable[];
  readonly names: readonly string[];
  readonly optimizer: Optimizer | undefined;
  readonly losses: readonly (Loss | null)[];
  readonly lossWeights: readonly number[];
  readonly metrics: readonly PlacedMetric[];
  /** Steps of one's own in place of `trainStep` and `testStep`. */
  readonly trainStep?: StepFunction | undefined;
  readonly testStep?: StepFunction | undefined;
  /** Whether steps run operation by operation, without a recording: slower, and open to a debugger. */
  readonly runEagerly?: boolean;
}

/**
 * One step: the state and a batch in, the next state and the loss of the batch out. Made of tensor operations alone, unless
 * the model runs eagerly.
 */
export type StepFunction = (
  plan: StepPlan,
  state: TrainState,
  batch: Batch,
) => [TrainState, { loss: Tensor }];

/** Means that start at nothing: the total loss, and with several outputs each of theirs. */
function initialLosses(plan: StepPlan): MeanState[] {
  const count =
    1 + (plan.graph.outputs.length > 1 ? plan.losses.filter((loss) => loss !== null).length : 0);
  return Array.from({ length: count }, () => ({ total: full([], 0), count: full([], 0) }));
}

/** The state before the first step. */
export function initialState(plan: StepPlan): TrainState {
  const trainable = plan.trainable.map((variable) => variable.read());
  return {
    trainable,
    others: plan.others.map((variable) => variable.read()),
    optimizer:
      plan.optimizer === undefined
        ? []
        : (plan.optimizer.init(trainable, { names: plan.names }) as unknown as Tree),
    losses: initialLosses(plan),
    metrics: plan.metrics.map(
      ({ metric, output }) => metric.init(plan.graph.outputs[output]?.shape ?? []) as Tree,
    ),
    step: tensor(0, { dtype: 'int32' }),
  };
}

function valuesOf(
  plan: StepPlan,
  trainable: readonly Tensor[],
  others: readonly Tensor[],
): Map<Variable, Tensor> {
  return new Map([
    ...plan.trainable.map((variable, i) => [variable, trainable[i] as Tensor] as const),
    ...plan.others.map((variable, i) => [variable, others[i] as Tensor] as const),
  ]);
}

function castInputs(plan: StepPlan, x: readonly Tensor[]): Tensor[] {
  return plan.graph.inputs.map(({ dtype }, i) => {
    const given = x[i] as Tensor;
    return given.dtype === dtype ? given : given.cast(dtype);
  });
}

function noLoss(): never {
  throw new ValueError('model/no-loss', 'There is no loss that training could lower.', {
    got: 'a model that was compiled without a loss, and layers that add none',
    expected: 'a loss',
    fix: "model.compile({ optimizer: 'adam', loss: 'mse' })",
  });
}

interface Judged {
  readonly total: Tensor;
  readonly perOutput: readonly Tensor[];
}

function noTarget(output: string): never {
  throw new ValueError('model/no-target', `There is nothing to compare output "${output}" with.`, {
    got: 'no targets',
    expected: 'a target for every output that has a loss',
    fix: 'give y: model.fit(x, y); a dataset yields { x, y }; an autoencoder has its input as target: model.fit(x, x)',
  });
}

function judge(
  plan: StepPlan,
  batch: Batch,
  predictions: readonly Tensor[],
  masks: readonly Mask[],
): Judged {
  const perOutput: Tensor[] = [];
  let total: Tensor | undefined;
  plan.losses.forEach((loss, i) => {
    if (loss === null) return;
    const target = batch.y[i] ?? noTarget(plan.graph.outputNames[i] as string);
    const value = computeLoss(loss, target, predictions[i] as Tensor, {
      sampleWeight: batch.weights[i] ?? null,
      mask: masks[i] ?? null,
    });
    const scalar = value.rank === 0 ? value : value.mean();
    perOutput.push(scalar);
    const weight = plan.lossWeights[i] ?? 1;
    const share = weight === 1 ? scalar : mul(scalar, weight);
    total = total === undefined ? share : add(total, share);
  });
  return { total: total ?? full([], 0), perOutput };
}

function penalties(plan: StepPlan, values: ReadonlyMap<Variable, Tensor>): Tensor[] {
  return plan.trainable.flatMap((variable) => {
    const regularizer = variable.spec.regularizer ?? null;
    return regularizer === null ? [] : [regularizer(values.get(variable) as Tensor)];
  });
}

function updateMeans(
  plan: StepPlan,
  means: readonly MeanState[],
  judged: Judged,
  batchSize: number,
): MeanState[] {
  const shown =
    plan.graph.outputs.length > 1 ? [judged.total, ...judged.perOutput] : [judged.total];
  return means.map(({ total, count }, i) => ({
    total: total.add((shown[i] as Tensor).mul(batchSize)),
    count: count.add(batchSize),
  }));
}

function updateMetrics(
  plan: StepPlan,
  states: readonly Tree[],
  batch: Batch,
  predictions: readonly Tensor[],
  masks: readonly Mask[],
): Tree[] {
  return plan.metrics.map(({ metric, output, weighted }, i) => {
    const mask = metric.usesMask ? (masks[output] ?? null) : null;
    const given = weighted ? batch.weights[output] : undefined;
    const asFloat = mask?.cast('float32');
    const weight =
      given === undefined || asFloat === undefined
        ? (given ?? asFloat)
        : asFloat.mul(
            given.rank < asFloat.rank
              ? given.reshape([-1, ...asFloat.shape.slice(1).map(() => 1)])
              : given,
          );
    return metric.update(
      states[i] as never,
      batch.y[output] as Tensor,
      predictions[output] as Tensor,
      weight,
    ) as Tree;
  });
}

/** What the forward and the backward pass over a batch give. */
export interface StepPass {
  /** With penalties, as logs show it. */
  readonly loss: Tensor;
  /** One per trainable variable, of the loss as the optimizer scales it. */
  readonly gradients: readonly (Tensor | null)[];
  /** The loss of each output that has one. */
  readonly perOutput: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly masks: readonly Mask[];
  /** What layers hold afterwards besides what is trained: running means, states. */
  readonly others: readonly Tensor[];
}

/** Options of {@link differentiate}. */
export interface DifferentiateOptions {
  /** Adds to the loss, from the outputs of the model and the trainable variables. */
  readonly addLoss?: (outputs: readonly Tensor[], trainable: readonly Tensor[]) => Tensor;
}

/** The first half of a step of training: forward, loss and backward. */
export function differentiate(
  plan: StepPlan,
  state: TrainState,
  batch: Batch,
  { addLoss }: DifferentiateOptions = {},
): StepPass {
  const x = castInputs(plan, batch.x);
  const stepKey = foldIn(key(plan.seed), state.step);
  let masksPresent: boolean[] = [];
  const run = (trainable: Tensor[]): [Tensor, { [key: string]: Tensor | Tensor[] }] => {
    const values = valuesOf(plan, trainable, state.others);
    const before = penalties(plan, values);
    const losses: Tensor[] = [];
    const { outputs, masks } = forward(plan.graph, x, {
      training: true,
      key: stepKey,
      values,
      losses,
    });
    const judged = judge(plan, batch, outputs, masks);
    const added = addLoss === undefined ? [] : [addLoss(outputs, trainable)];
    const all = [...before, ...losses, ...added];
    if (all.length === 0 && judged.perOutput.length === 0) noLoss();
    const total = all.reduce((sum, loss) => sum.add(loss), judged.total);
    const present = masks.flatMap((mask) => mask ?? []);
    masksPresent = masks.map((mask) => mask !== null);
    const others = othersAfter(plan, values);
    return [
      plan.optimizer?.scaleLoss(total, state.optimizer as unknown as OptimizerState) ?? total,
      { total, perOutput: [...judged.perOutput], outputs: [...outputs], present, others },
    ];
  };
  const [[, aux], gradients] = valueAndGrad(run, { hasAux: true })([...state.trainable]);
  let next = 0;
  return {
    loss: aux['total'] as Tensor,
    gradients,
    perOutput: aux['perOutput'] as Tensor[],
    outputs: aux['outputs'] as Tensor[],
    masks: masksPresent.map((has) =>
      has ? ((aux['present'] as Tensor[])[next++] as Tensor) : null,
    ),
    others: aux['others'] as Tensor[],
  };
}

/** The second half of a step of training: clipping, optimizer, constraints, means and metrics. */
export function applyGradients(
  plan: StepPlan,
  state: TrainState,
  batch: Batch,
  pass: StepPass,
): [TrainState, { loss: Tensor }] {
  const optimizer = plan.optimizer as Optimizer;
  const [trainable, optimizerState] = optimizer.update(
    pass.gradients,
    state.optimizer as unknown as OptimizerState,
    state.trainable,
    {
      names: plan.names,
      constraints: plan.trainable.map(({ spec }) => spec.constraint ?? null),
    },
  );
  const judged = { total: pass.loss, perOutput: pass.perOutput };
  return [
    {
      trainable,
      others: [...pass.others],
      optimizer: optimizerState as unknown as Tree,
      losses: updateMeans(plan, state.losses, judged, batch.x[0]?.shape[0] ?? 1),
      metrics: updateMetrics(plan, state.metrics, batch, pass.outputs, pass.masks),
      step: state.step.add(1),
    },
    { loss: pass.loss },
  ];
}

/**
 * One step of training: forward, loss, backward, clipping, optimizer, constraints and metrics; pure, so it compiles whole.
 * A step of one's own is usually made of its two halves, with something in between.
 *
 * @example
 * const half: StepFunction = (plan, state, batch) => {
 *   const pass = differentiate(plan, state, batch);
 *   const gradients = pass.gradients.map((g) => g?.mul(0.5) ?? null);
 *   return applyGradients(plan, state, batch, { ...pass, gradients });
 * };
 * model.compile({ optimizer: 'sgd', loss: 'mse', trainStep: half });
 */
export const trainStep: StepFunction = (plan, state, batch) =>
  applyGradients(plan, state, batch, differentiate(plan, state, batch));

/** What layers hold after a step; states of stateful layers change outside of training too. */
function othersAfter(plan: StepPlan, values: ReadonlyMap<Variable, Tensor>): Tensor[] {
  return plan.others.map((variable) => values.get(variable) as Tensor);
}

/** One step of evaluation: forward, loss and metrics. */
export function testStep(
  plan: StepPlan,
  state: TrainState,
  batch: Batch,
): [TrainState, { loss: Tensor }] {
  const x = castInputs(plan, batch.x);
  const values = valuesOf(plan, state.trainable, state.others);
  const losses: Tensor[] = [];
  const { outputs, masks } = forward(plan.graph, x, {
    training: false,
    key: undefined,
    values,
    losses,
  });
  const judged = judge(plan, batch, outputs, masks);
  const total = [...penalties(plan, values), ...losses].reduce(
    (sum, loss) => sum.add(loss),
    judged.total,
  );
  return [
    {
      ...state,
      others: othersAfter(plan, values),
      losses: updateMeans(plan, state.losses, { ...judged, total }, x[0]?.shape[0] ?? 1),
      metrics: updateMetrics(plan, state.metrics, batch, outputs, masks),
    },
    { loss: total },
  ];
}

/** Predictions of a batch. */
export function predictStep(
  plan: StepPlan,
  state: TrainState,
  x: readonly Tensor[],
): [TrainState, Tensor[]] {
  const values = valuesOf(plan, state.trainable, state.others);
  const context = { training: false, key: undefined, values, losses: [] };
  const { outputs } = forward(plan.graph, castInputs(plan, x), context);
  return [{ ...state, others: othersAfter(plan, values) }, [...outputs]];
}

/** What logs show: means and metrics as they stand. */
export function readLogs(
  plan: StepPlan,
  state: TrainState,
): { losses: Tensor[]; metrics: Tensor[] } {
  return {
    losses: state.losses.map(({ total, count }) => total.div(count)),
    metrics: plan.metrics.map(
      ({ metric }, i) => metric.result(state.metrics[i] as never) as Tensor,
    ),
  };
}
