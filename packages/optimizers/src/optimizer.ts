import type { Tensor } from '@gradus/tensor';
import type { Schedule } from './schedule.js';

/** Options that every optimizer takes, with Keras' defaults. */
export interface OptimizerOptions {
  /** Step length, or a schedule. */
  readonly learningRate?: number | Schedule;
  /** Share of a weight that each step takes away, times the learning rate (decoupled from the gradient). Default null. */
  readonly weightDecay?: number | null;
  /** Largest length of each parameter's gradient. At most one of the three clips. Default null. */
  readonly clipnorm?: number | null;
  /** Largest absolute value in a gradient. Default null. */
  readonly clipvalue?: number | null;
  /** Largest length of all gradients together. Default null. */
  readonly globalClipnorm?: number | null;
  /** Whether to keep a running average of the parameters, which `finalize` puts in their place. Default false. */
  readonly useEma?: boolean;
  /** Share of the old average that stays at each step. Default 0.99. */
  readonly emaMomentum?: number;
  /** Steps after which the parameters become their average. Default null: only at the end. */
  readonly emaOverwriteFrequency?: number | null;
  /** What the loss has been multiplied by; gradients are divided by it. Default null. */
  readonly lossScaleFactor?: number | null;
  /** Number of calls whose gradients are averaged into one step. Default null: each call is a step. */
  readonly gradientAccumulationSteps?: number | null;
  /** Parts of parameter names that weight decay leaves alone, such as `'bias'`. Default none. */
  readonly excludeFromWeightDecay?: readonly string[];
  readonly name?: string;
}

/**
 * What an optimizer remembers between steps: a tree of tensors, so it can be carried by a compiled program and saved.
 * (A type, not an interface: only types are assignable to the index signature of `Tree`.)
 */
export type OptimizerState = {
  /** Number of calls of `update`, int32 scalar. */
  readonly iteration: Tensor;
  /** Scalar; write another to change the rate between steps. Absent when the rate is a schedule. */
  readonly learningRate?: Tensor;
  /** Running averages of the parameters, with `useEma`. */
  readonly average?: readonly Tensor[];
  /** Sums of gradients, with `gradientAccumulationSteps`. */
  readonly gradientAccumulator?: readonly Tensor[];
  /** By the name of the slot: one tensor per parameter. */
  readonly slots: Readonly<Record<string, readonly Tensor[]>>;
  /** Tensors that belong to no parameter. */
  readonly shared: Readonly<Record<string, Tensor>>;
  /** States of the optimizers inside, for one that leads others. */
  readonly inner?: readonly OptimizerState[];
};

/** What `update` may know about the parameters besides their values. All by position. */
export interface ParameterInfo {
  /** Paths such as `dense/kernel`; needed by `excludeFromWeightDecay`. */
  readonly names?: readonly string[];
  /** Projections applied after each step. */
  readonly constraints?: readonly (((w: Tensor) => Tensor) | null)[];
}

/** One tensor of the state with the path that Keras' files give it. */
export interface OptimizerVariable {
  readonly path: string;
  readonly tensor: Tensor;
}

/** As many tensors: a tuple of parameters stays a tuple of that length. */
export type SameLength<Params extends readonly Tensor[]> = {
  -readonly [Position in keyof Params]: Tensor;
};

/** Says of new values of all parameters that they are as many. */
export const sameLength = <Params extends readonly Tensor[]>(
  _params: Params,
  next: readonly Tensor[],
): SameLength<Params> => next as SameLength<Params>;

/** How parameters follow their gradients: pure functions of tensors, so that a step can be compiled whole. */
export interface Optimizer {
  /** Keras' class name, as in saved files. */
  readonly className: string;
  readonly name: string;
  /** Plain JSON from which the optimizer can be made again, in camelCase; a schedule is `{ className, config }`. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly learningRate: number | Schedule;
  /** The state before the first step. Optimizers that treat some parameters differently need their names. */
  init(params: readonly Tensor[], info?: ParameterInfo): OptimizerState;
  /** One step. A gradient of null leaves its parameter and slots as they are. */
  update<const Params extends readonly Tensor[]>(
    gradients: readonly (Tensor | null)[],
    state: OptimizerState,
    params: Params,
    info?: ParameterInfo,
  ): [nextParams: SameLength<Params>, nextState: OptimizerState];
  /** The learning rate of the next step, float32 scalar. */
  currentLearningRate(state: OptimizerState): Tensor;
  /** The state after `rate` has become the learning rate. */
  withLearningRate(state: OptimizerState, rate: number | Tensor): OptimizerState;
  /** What to differentiate in place of the loss: more of it where gradients would be too small to be kept. */
  scaleLoss(loss: Tensor, state: OptimizerState): Tensor;
  /** Steps that changed the parameters so far, int32 scalar. */
  iterations(state: OptimizerState): Tensor;
  /** Parameters after training: their averages with `useEma`, else unchanged. */
  finalize(state: OptimizerState, params: readonly Tensor[], info?: ParameterInfo): Tensor[];
  /** The tensors of the state in the order of Keras' files. Parameter names give the paths. */
  variables(state: OptimizerState, names?: readonly string[]): OptimizerVariable[];
  /** A state like `state` with the tensors of a file, in the order of `variables`. */
  withVariables(state: OptimizerState, tensors: readonly Tensor[]): OptimizerState;
}
