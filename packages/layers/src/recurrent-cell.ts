import type { Shape, Tensor } from '@gradus/tensor';
import { ShapeError, expandDims } from '@gradus/tensor';
import type {
  CallContext,
  CommonConfig,
  Layer,
  LayerFactory,
  LayerOptions,
  ParameterSpecs,
  ParametersOf,
} from './layer.js';
import { defineMergeLayer } from './layer.js';
import { formatSymbolic, layerLabel } from './layer-errors.js';
import type { SymbolicShape, SymbolicTensor } from './symbolic.js';

/** What one step of a recurrence gives: an output, and the states for the next step. */
export interface CellStep {
  readonly output: Tensor;
  readonly states: readonly Tensor[];
}

/** A cell ready to step: what is the same for all steps is done. */
export interface CellRun {
  /** What `step` wants to see at each step, `[steps, batch, ...]`; often the inputs times a kernel. */
  readonly inputs: Tensor;
  step(input: Tensor, states: readonly Tensor[]): CellStep;
}

/** What a cell is besides a layer; recurrent layers know no more of it than this. */
export interface CellFace {
  /** Shapes of the states, without the batch, for the input of one step. */
  stateShapes(stepShape: SymbolicShape): readonly Shape[];
  /** Which state holds the last output: what a masked step repeats. */
  outputState(stepShape: SymbolicShape): number;
  /** Does what is the same for all steps of `inputs`, `[steps, batch, ...]`, and draws the noise of dropout once. */
  begin(
    params: Readonly<Record<string, Tensor>>,
    inputs: Tensor,
    states: readonly Tensor[],
    context: CallContext,
  ): CellRun;
}

/**
 * One step of a recurrence, as a layer: called on `[x, ...states]` it gives `[output, ...states]`. A recurrent layer
 * runs it over a sequence: `rnn({ cell })`.
 */
export interface RecurrentCell extends Layer<readonly SymbolicTensor[]> {
  readonly cell: CellFace;
  with(changes: LayerOptions): RecurrentCell;
}

/** What makes a class of cells. Give `step`, or, where something is the same for all steps, `begin`. */
export interface CellDefinition<
  Args extends readonly [options?: LayerOptions],
  Config,
  Specs extends ParameterSpecs,
> {
  readonly className: string;
  /** Options for which null says something else than their default. Default: none. */
  readonly nullOptions?: readonly string[];
  resolve(...args: Args): Config;
  /** The parameters for the input of one step, `[batch, ...]`. */
  build(options: Config & CommonConfig, stepShape: SymbolicShape): Specs;
  /** Shapes of the states, without the batch. */
  stateShapes(options: Config & CommonConfig, stepShape: SymbolicShape): readonly Shape[];
  /** Which state holds the last output, whose shape it therefore has. Default: the first. */
  outputState?(options: Config & CommonConfig, stepShape: SymbolicShape): number;
  /** One step: a pure function. */
  step?(
    params: ParametersOf<Specs>,
    x: Tensor,
    states: readonly Tensor[],
    options: Config & CommonConfig,
    context: CallContext,
  ): CellStep;
  begin?(
    params: ParametersOf<Specs>,
    inputs: Tensor,
    states: readonly Tensor[],
    options: Config & CommonConfig,
    context: CallContext,
  ): CellRun;
}

/** True for what {@link defineCell} makes layers of. */
export function isRecurrentCell(value: unknown): value is RecurrentCell {
  return typeof value === 'function' && 'cell' in value;
}

/** The parts of a cell that a layer of its own shares; `label` is how errors speak of the one that is made. */
export interface CellParts<
  Options extends LayerOptions,
  Config,
  Specs extends ParameterSpecs,
> extends CellDefinition<readonly [options: Options], Config, Specs> {
  resolve(options: Options, label?: string): Config;
}

function batched(batch: number | null, shapes: readonly Shape[]): SymbolicShape[] {
  return shapes.map((shape) => [batch, ...shape]);
}

/** Checks that states fit the cell: as many, and of these shapes. */
export function expectStates(
  label: string,
  states: readonly { readonly shape: SymbolicShape }[],
  shapes: readonly Shape[],
): void {
  const fits =
    states.length === shapes.length &&
    states.every(
      ({ shape: [, ...rest] }, i) =>
        rest.length === shapes[i]?.length &&
        rest.every((length, axis) => length === null || length === shapes[i]?.[axis]),
    );
  if (fits) return;
  const shown = (list: readonly SymbolicShape[]): string =>
    list.map(formatSymbolic).join(', ') || 'none';
  throw new ShapeError('recurrent/states', `${label} starts from states of other shapes.`, {
    got: shown(states.map(({ shape }) => shape)),
    expected: shown(batched(null, shapes)),
    fix: 'give one tensor per state, [batch, ...] each: { initialState: [h, c] }',
  });
}

/**
 * Defines a class of recurrent cells, for `rnn({ cell })` and for stacks of cells. Those built in are made with it.
 *
 * @example
 * const decay = defineCell({
 *   className: 'Decay',
 *   resolve: () => ({}),
 *   build: () => ({}),
 *   stateShapes: (_options, [, units]) => [[units ?? 1]],
 *   step: (_params, x, [h]) => {
 *     const next = h.mul(0.5).add(x);
 *     return { output: next, states: [next] };
 *   },
 * });
 * decay().cell.stateShapes([null, 3]); // => [[3]]
 */
export function defineCell<
  Args extends readonly [options?: LayerOptions],
  Config extends object,
  Specs extends ParameterSpecs,
>(definition: CellDefinition<Args, Config, Specs>): LayerFactory<Args, RecurrentCell> {
  const { className, resolve, step } = definition;
  const begin =
    definition.begin ??
    ((params, inputs, _states, options, context): CellRun => ({
      inputs,
      step: (x, states) => step?.(params, x, states, options, context) as CellStep,
    }));
  const stepShapeOf = (shapes: readonly SymbolicShape[]): SymbolicShape =>
    shapes[0] as SymbolicShape;
  return defineMergeLayer<Args, Config, Specs, readonly SymbolicTensor[]>({
    className,
    ...(definition.nullOptions === undefined ? {} : { nullOptions: definition.nullOptions }),
    resolve,
    build: (options, shapes) => definition.build(options, stepShapeOf(shapes)),
    call(params, [x, ...states], options, context) {
      const input = x as Tensor;
      expectStates(
        layerLabel(className, options),
        states,
        definition.stateShapes(options, input.shape),
      );
      const run = begin(params, expandDims(input, 0), states, options, context);
      const result = run.step(run.inputs.squeeze(0), states);
      return [result.output, ...result.states];
    },
    outputShape(options, shapes) {
      const stepShape = stepShapeOf(shapes);
      const expected = definition.stateShapes(options, stepShape);
      const given = shapes.slice(1).map((shape) => ({ shape }));
      if (given.length > 0) expectStates(layerLabel(className, options), given, expected);
      const states = batched(stepShape[0] ?? null, expected);
      const output = definition.outputState?.(options, stepShape) ?? 0;
      return [states[output] as SymbolicShape, ...states];
    },
    members: (options): { readonly cell: CellFace } => ({
      cell: Object.freeze({
        stateShapes: (stepShape: SymbolicShape) => definition.stateShapes(options, stepShape),
        outputState: (stepShape: SymbolicShape) =>
          definition.outputState?.(options, stepShape) ?? 0,
        begin: (params, inputs, states, context) =>
          begin(params as ParametersOf<Specs>, inputs, states, options, context),
      } satisfies CellFace),
    }),
  }) as unknown as LayerFactory<Args, RecurrentCell>;
}
