import { ValueError, full, tensor, where, zeros } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { baseConfig, checkBaseConfig, checkOwnOptions, isExcluded } from './base-options.js';
import { checkGradients } from './check-gradients.js';
import { clipGradients } from './clip.js';
import type { Optimizer, OptimizerOptions, OptimizerState, ParameterInfo } from './optimizer.js';
import { listVariables, withVariables } from './variables.js';

/** A tensor that is kept for each parameter. */
export interface SlotSpec {
  readonly name: string;
  /**
   * What it is filled with at first, in the shape of the parameter, or a function that makes it; null for a parameter that
   * has no such slot. Default 0.
   */
  readonly initial?: number | ((w: Tensor, name: string | undefined) => Tensor | null);
  /** How the paths of files call it; '' when they carry the name of the parameter alone. Default: its name. */
  readonly label?: string;
}

/** What a rule knows in a step besides one parameter. */
export interface StepContext {
  /** Float32 scalar. */
  readonly learningRate: Tensor;
  /** Number of this step, 1 for the first; float32 scalar. */
  readonly step: Tensor;
  readonly shared: Readonly<Record<string, Tensor>>;
  /** What `prepare` made of the numbers above. */
  readonly common: Readonly<Record<string, Tensor>>;
  /** Path of the parameter, when known. */
  readonly name?: string | undefined;
}

/** A rule for one parameter: gradient, weight and slots in, weight and slots out. */
export type UpdateRule<Slots extends string> = (
  g: Tensor,
  w: Tensor,
  slots: Readonly<Record<Slots, Tensor>>,
  context: StepContext,
) => { readonly w: Tensor } & Readonly<Record<'slots', Readonly<Record<Slots, Tensor>>>>;

/** What `defineOptimizer` takes: what to remember and how to step. */
export interface OptimizerDefinition<Slots extends string> {
  readonly className: string;
  readonly name: string;
  readonly options: OptimizerOptions;
  /** Keras' default when the options give none. */
  readonly defaultLearningRate: number;
  /** Options of this optimizer alone, with defaults filled in. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** In the order of Keras' files: slots of one group alternate parameter by parameter, groups follow one another. */
  readonly slotGroups: readonly (readonly (SlotSpec & { readonly name: Slots })[])[];
  /** Tensors that belong to no parameter, with their first values. */
  readonly shared?: Readonly<Record<string, number>>;
  /** The shared tensors after a step. The rule sees the result. */
  readonly advance?: (
    shared: Readonly<Record<string, Tensor>>,
    step: Tensor,
  ) => Record<string, Tensor>;
  /** Weight decay of one parameter, where it is not the same for all. Slots as they were before the step. */
  readonly weightDecayOf?: (w: Tensor, slots: Readonly<Record<Slots, Tensor>>) => number | null;
  /** Numbers that are the same for all parameters, such as bias corrections: computed once in each step. */
  readonly prepare?: (context: Omit<StepContext, 'common' | 'name'>) => Record<string, Tensor>;
  readonly update: UpdateRule<Slots>;
}

/**
 * Makes an optimizer from the rule for one parameter; the built-in ones are made by it too. Everything that Keras'
 * optimizers share happens here, in Keras' order: unscale, accumulate, clip, decay, step, average, constrain, count.
 *
 * @throws ValueError for options that exclude each other.
 * @example
 * const signDescent = defineOptimizer({
 *   className: 'SignDescent', name: 'signDescent', options: {}, defaultLearningRate: 0.01, slotGroups: [],
 *   update: (g, w, slots, { learningRate }) => ({ w: w.sub(g.sign().mul(learningRate)), slots }),
 * });
 */
export function defineOptimizer<Slots extends string>(
  definition: OptimizerDefinition<Slots>,
): Optimizer {
  const { className, options, slotGroups } = definition;
  const base = baseConfig(options, definition.name);
  checkOwnOptions(definition.name, options, definition.config);
  checkBaseConfig(base);
  const learningRate = options.learningRate ?? definition.defaultLearningRate;
  const every = base.gradientAccumulationSteps;
  const slotSpecs = slotGroups.flat();

  const initialSlot = ({ initial = 0 }: SlotSpec, w: Tensor, name: string | undefined): Tensor =>
    typeof initial === 'number' ? filled(w, initial) : (initial(w, name) ?? zeros(ABSENT));

  const init = (params: readonly Tensor[], info: ParameterInfo = {}): OptimizerState => ({
    iteration: tensor(0, { dtype: 'int32' }),
    ...(typeof learningRate === 'number'
      ? { learningRate: tensor(learningRate, { dtype: 'float32' }) }
      : {}),
    ...(base.useEma ? { average: params.map((w) => filled(w, 0)) } : {}),
    ...(every === null ? {} : { gradientAccumulator: params.map((w) => filled(w, 0)) }),
    slots: Object.fromEntries(
      slotSpecs.map((slot) => [
        slot.name,
        params.map((w, index) => initialSlot(slot, w, info.names?.[index])),
      ]),
    ),
    shared: Object.fromEntries(
      Object.entries(definition.shared ?? {}).map(([key, value]) => [
        key,
        tensor(value, { dtype: 'float32' }),
      ]),
    ),
  });

  const currentLearningRate = (state: OptimizerState): Tensor =>
    typeof learningRate === 'number' ? rateOf(state) : learningRate(state.iteration);

  /** One step of all parameters that have a gradient, without what surrounds it. */
  const step = (
    gradients: readonly (Tensor | null)[],
    state: OptimizerState,
    params: readonly Tensor[],
    names: readonly string[] | undefined,
  ): Pick<OptimizerState, 'slots' | 'shared'> & { params: Tensor[] } => {
    const present = gradients.flatMap((g) => (g === null ? [] : [g]));
    const clipped = clipGradients(present, base);
    const rate = currentLearningRate(state);
    const stepNumber = steps(state).add(1).cast('float32');
    const shared = definition.advance?.(state.shared, stepNumber) ?? state.shared;
    const known = { learningRate: rate, step: stepNumber, shared };
    const context = { ...known, common: definition.prepare?.(known) ?? {} };
    const slots: Record<string, Tensor[]> = Object.fromEntries(
      slotSpecs.map(({ name }) => [name, [...(state.slots[name] ?? [])]]),
    );
    let next = 0;
    const nextParams = params.map((w, index) => {
      if ((gradients[index] ?? null) === null) return w;
      const g = clipped[next++] as Tensor;
      const own = Object.fromEntries(
        slotSpecs.map(({ name }) => [name, slots[name]?.[index]]),
      ) as Record<Slots, Tensor>;
      const name = names?.[index];
      const decay = isExcluded(name, base.excludeFromWeightDecay)
        ? null
        : definition.weightDecayOf === undefined
          ? base.weightDecay
          : definition.weightDecayOf(w, own);
      const decayed = decay === null ? w : w.sub(w.mul(decay).mul(rate));
      const result = definition.update(g, decayed, own, { ...context, name });
      for (const { name: slot } of slotSpecs)
        (slots[slot] as Tensor[])[index] = result.slots[slot as Slots];
      return result.w;
    });
    return { params: nextParams, slots, shared };
  };

  /** Steps taken: calls, or every so many of them. */
  const steps = (state: OptimizerState): Tensor => {
    if (every === null) return state.iteration;
    return state.iteration.sub(state.iteration.mod(every)).div(every).cast('int32');
  };

  const update = (
    gradients: readonly (Tensor | null)[],
    state: OptimizerState,
    params: readonly Tensor[],
    info: ParameterInfo = {},
  ): [Tensor[], OptimizerState] => {
    checkGradients(className, gradients, params, info.names);
    const scale = base.lossScaleFactor;
    const unscaled = scale === null ? gradients : gradients.map((g) => g?.div(scale) ?? null);
    let next: ReturnType<typeof step>;
    let accumulator: Tensor[] | undefined;
    if (every === null) {
      next = step(unscaled, state, params, info.names);
    } else {
      const sums = unscaled.map(
        (g, index) => g?.add(state.gradientAccumulator?.[index] ?? 0) ?? null,
      );
      const isStep = state.iteration.add(1).mod(every).equal(0);
      const stepped = step(
        sums.map((g) => g?.div(every) ?? null),
        state,
        params,
        info.names,
      );
      // Both outcomes are computed and one is chosen: a recorded program has no branches.
      const choose = (after: Tensor, before: Tensor): Tensor =>
        after === before ? before : where(isStep, after, before);
      next = {
        params: stepped.params.map((w, index) => choose(w, params[index] as Tensor)),
        slots: Object.fromEntries(
          Object.entries(stepped.slots).map(([name, list]) => [
            name,
            list.map((slot, index) => choose(slot, state.slots[name]?.[index] as Tensor)),
          ]),
        ),
        shared: Object.fromEntries(
          Object.entries(stepped.shared).map(([name, value]) => [
            name,
            choose(value, state.shared[name] as Tensor),
          ]),
        ),
      };
      accumulator = sums.map((g, index) => {
        const before = state.gradientAccumulator?.[index] as Tensor;
        return g === null ? before : where(isStep, filled(g, 0), g);
      });
    }
    let average: readonly Tensor[] | undefined;
    let nextParams = next.params;
    if (base.useEma) {
      // The first average is the first value: zero momentum, instead of a bias towards the initial zeros.
      const momentum = where(steps(state).equal(0), 0, full([], base.emaMomentum));
      average = nextParams.map((w, index) => {
        const before = state.average?.[index] as Tensor;
        return before.mul(momentum).add(w.mul(momentum.neg().add(1)));
      });
      const frequency = base.emaOverwriteFrequency;
      if (frequency !== null) {
        const overwrites = steps(state).add(1).mod(frequency).equal(0);
        const averages = average;
        nextParams = nextParams.map((w, index) => where(overwrites, averages[index] as Tensor, w));
      }
    }
    const constrained = nextParams.map((w, index) => {
      const constraint = info.constraints?.[index] ?? null;
      return constraint === null || (gradients[index] ?? null) === null ? w : constraint(w);
    });
    return [
      constrained,
      {
        iteration: state.iteration.add(1),
        ...(state.learningRate === undefined ? {} : { learningRate: state.learningRate }),
        ...(average === undefined ? {} : { average }),
        ...(accumulator === undefined ? {} : { gradientAccumulator: accumulator }),
        slots: next.slots,
        shared: next.shared,
      },
    ];
  };

  return Object.freeze({
    className,
    name: base.name,
    config: Object.freeze({
      ...base,
      learningRate:
        typeof learningRate === 'number'
          ? learningRate
          : { className: learningRate.className, config: learningRate.config },
      ...definition.config,
    }),
    learningRate,
    init,
    // It gives back as many parameters as it got.
    update: update as Optimizer['update'],
    currentLearningRate,
    withLearningRate: (state: OptimizerState, rate: number | Tensor): OptimizerState => {
      if (typeof learningRate !== 'number')
        throw new ValueError(
          'optimizer/schedule',
          'A learning rate that follows a schedule cannot be set.',
          {
            got: `schedule ${learningRate.className}`,
            expected: 'an optimizer whose learningRate is a number',
            fix: 'give the optimizer a number, or another schedule',
          },
        );
      return {
        ...state,
        learningRate: typeof rate === 'number' ? tensor(rate, { dtype: 'float32' }) : rate,
      };
    },
    scaleLoss: (loss: Tensor): Tensor =>
      base.lossScaleFactor === null ? loss : loss.mul(base.lossScaleFactor),
    iterations: steps,
    finalize: (state: OptimizerState, params: readonly Tensor[]): Tensor[] => [
      ...(state.average ?? params),
    ],
    variables: (state: OptimizerState, names?: readonly string[]) =>
      listVariables(pathPrefix(className, base.name, definition.name), slotGroups, state, names),
    withVariables: (state: OptimizerState, tensors: readonly Tensor[]) =>
      withVariables(slotGroups, state, tensors),
  });
}

/** The shape of a slot that a parameter does not have. */
const ABSENT = [0];

/** What the paths of an optimizer's variables begin with: the name that it was given, else Keras' default name. */
export function pathPrefix(className: string, name: string, defaultName: string): string {
  return name === defaultName ? snakeCase(className) : name;
}

/** Keras' default name of a class: `AdamW` is `adam_w`, `SGD` is `sgd`. */
function snakeCase(className: string): string {
  return className
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/^RMSprop$/, 'rmsprop')
    .toLowerCase();
}

function rateOf(state: OptimizerState): Tensor {
  if (state.learningRate === undefined)
    throw new ValueError('optimizer/state', 'The optimizer state has no learning rate.', {
      got: 'a state made by an optimizer with a schedule',
      expected: 'a state made by this optimizer',
      fix: 'make the state with init of the same optimizer',
    });
  return state.learningRate;
}

/** A tensor like another one, with one number everywhere. */
function filled(like: Tensor, value: number): Tensor {
  const dtype = like.dtype;
  return value === 0 ? zeros(like.shape, { dtype }) : full(like.shape, value, { dtype });
}
