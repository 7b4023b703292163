import type { Tensor } from '@gradus/tensor';
import { ShapeError, zeros } from '@gradus/tensor';
import type { CallOptionName, CallOptions } from './call-options.js';
import { zeros as zerosInitializer } from './initializers/constant.js';
import type {
  CallContext,
  CommonConfig,
  Layer,
  LayerOptions,
  Mask,
  ParameterSpec,
} from './layer.js';
import { defineLayer } from './layer.js';
import { formatSymbolic, layerLabel } from './layer-errors.js';
import type { CallResult } from './layer-result.js';
import { layerResult } from './layer-result.js';
import { nestedContext, nestedParams, nestedSpecs } from './nested-layer.js';
import type { RecurrenceOptions } from './recurrence.js';
import { recurrence } from './recurrence.js';
import type { CellParts, RecurrentCell } from './recurrent-cell.js';
import { defineCell, expectStates } from './recurrent-cell.js';
import { stepShapeOf } from './step-shape.js';
import type { SymbolicShape, SymbolicTensor } from './symbolic.js';

/** Options of all recurrent layers. */
export interface RecurrentLayerOptions extends LayerOptions {
  /** True: the output of every step, `[batch, steps, ...]`; false (default): that of the last. */
  readonly returnSequences?: boolean;
  /** Whether the states after the last step come out too, behind the output. Default false. */
  readonly returnState?: boolean;
  /** From the last step to the first; outputs then come in that order. Default false. */
  readonly goBackwards?: boolean;
  /** Whether a batch starts from the states at which the one before ended; `resetStates` sets them back. Default false. */
  readonly stateful?: boolean;
  /** Writes every step out instead of looping: faster for few steps. Default false. */
  readonly unroll?: boolean;
  /** Whether a masked step gives zeros; else it repeats the output before. Default false. */
  readonly zeroOutputForMask?: boolean;
}

/** {@link RecurrentLayerOptions} with defaults filled in. */
export interface RecurrentLayerConfig extends RecurrenceOptions {
  readonly returnState: boolean;
  readonly stateful: boolean;
}

/** A class of recurrent layers; with `returnState` a layer gives `[y, ...states]`. */
export interface RecurrentFactory<Options> {
  (options: Options & { readonly returnState: true }): Layer<readonly SymbolicTensor[]>;
  (options: Options): Layer;
  readonly className: string;
  readonly nullOptions?: readonly string[];
}

/** Fills in defaults. */
export function resolveRecurrentLayer(options: RecurrentLayerOptions): RecurrentLayerConfig {
  return {
    returnSequences: options.returnSequences ?? false,
    returnState: options.returnState ?? false,
    goBackwards: options.goBackwards ?? false,
    stateful: options.stateful ?? false,
    unroll: options.unroll ?? false,
    zeroOutputForMask: options.zeroOutputForMask ?? false,
  };
}

/** The states that a call starts from, as a list; undefined when it does not say. */
export function givenStates<T>({ initialState }: CallOptions<T>): readonly T[] | undefined {
  if (initialState === undefined || initialState === null) return undefined;
  return [initialState].flat(2) as T[];
}

const stateName = (index: number): string => `state${index}`;

/** Defines a class of recurrent layers. */
export function defineRecurrent<Options extends LayerOptions, Config extends RecurrentLayerConfig>(
  parts: RecurrentParts<Config> & {
    readonly nullOptions?: readonly string[];
    resolve(options: Options): Config;
  },
): RecurrentFactory<Options> {
  // That returnState decides about the number of outputs is what RecurrentFactory adds.
  return defineLayer<readonly [options: Options], Config, Record<string, ParameterSpec | null>>(
    parts,
  ) as unknown as RecurrentFactory<Options>;
}

interface RecurrentParts<Config> {
  readonly className: string;
  readonly supportsMask: true;
  readonly callOptions: readonly CallOptionName[];
  build(options: Config & CommonConfig, shape: SymbolicShape): Record<string, ParameterSpec | null>;
  call(
    params: Readonly<Record<string, Tensor | undefined>>,
    x: Tensor,
    options: Config & CommonConfig,
    context: CallContext,
  ): CallResult;
  outputShape(
    options: Config & CommonConfig,
    shape: SymbolicShape,
    callOptions: CallOptions<unknown>,
  ): SymbolicShape | readonly SymbolicShape[];
  computeMask(options: Config & CommonConfig, x: Tensor, mask: Mask): Mask | readonly Mask[];
}

/**
 * The parts of a recurrent layer; such layers differ only in the cell that they run.
 *
 * @param axes what the axes of its input are called.
 */
export function recurrentLayer<Config extends RecurrentLayerConfig>(
  className: string,
  cellOf: (options: Config) => RecurrentCell,
  axes: (options: Config) => readonly string[] | null,
): RecurrentParts<Config> {
  const label = (options: CommonConfig): string => layerLabel(className, options);

  const stepOf = (options: Config & CommonConfig, shape: SymbolicShape): SymbolicShape =>
    stepShapeOf(label(options), shape, axes(options));

  /** The batch that a stateful layer keeps states for. */
  function batchOf(options: Config & CommonConfig, shape: SymbolicShape): number {
    const [batch] = shape;
    if (typeof batch === 'number') return batch;
    throw new ShapeError(
      'recurrent/batch',
      `${label(options)} is stateful, so it must know the size of the batch.`,
      {
        got: formatSymbolic(shape),
        expected: 'a number in the place of the batch',
        fix: 'input({ shape, batchSize: 32 }), and data in batches of that size',
      },
    );
  }

  return {
    className,
    supportsMask: true,
    callOptions: ['initialState'],
    build(options, shape) {
      const stepShape = stepOf(options, shape);
      const cell = cellOf(options);
      const specs = nestedSpecs('cell', cell.build(stepShape), cell);
      if (options.unroll && shape[1] === null)
        throw new ShapeError(
          'recurrent/unroll',
          `${label(options)} cannot write out steps whose number it does not know.`,
          {
            got: formatSymbolic(shape),
            expected: 'a number on axis 1',
            fix: 'give the number of steps in input({ shape }), or leave unroll out',
          },
        );
      if (!options.stateful) return specs;
      const batch = batchOf(options, shape);
      const states = cell.cell.stateShapes(stepShape).map((state, i): [string, ParameterSpec] => [
        stateName(i),
        {
          shape: [batch, ...state],
          initializer: zerosInitializer(),
          trainable: false,
          parameterCount: 0,
          isState: true,
        },
      ]);
      return { ...specs, ...Object.fromEntries(states) };
    },
    call(params, x, options, context) {
      const cell = cellOf(options);
      const stepShape = stepOf(options, x.shape);
      const { mask = null } = context;
      if (mask !== null && (mask.shape[0] !== x.shape[0] || mask.shape[1] !== x.shape[1]))
        throw new ShapeError('recurrent/mask', `${label(options)}: the mask does not fit.`, {
          got: `a mask [${mask.shape.join(', ')}] for a sequence [${x.shape.join(', ')}]`,
          expected: 'one entry per step: [batch, steps]',
        });
      const shapes = cell.cell.stateShapes(stepShape);
      const batch = x.shape[0] as number;
      const kept = options.stateful
        ? shapes.map((_, i) => params[stateName(i)] as Tensor)
        : undefined;
      const keptFor = kept?.[0]?.shape[0];
      if (keptFor !== undefined && keptFor !== batch)
        throw new ShapeError(
          'recurrent/batch',
          `${label(options)} is stateful: all batches have the size that it was built for.`,
          {
            got: `${batch} samples`,
            expected: `${keptFor}`,
            fix: `fit and predict with batchSize: ${keptFor}, on a multiple of ${keptFor} samples`,
          },
        );
      const given = givenStates(context.callOptions ?? {});
      if (given !== undefined) expectStates(label(options), given, shapes);
      const start = given ?? kept ?? shapes.map((shape) => zeros([batch, ...shape]));
      const { output, states } = recurrence(
        cell,
        nestedParams('cell', params),
        x,
        start,
        mask,
        options,
        nestedContext('cell', context),
      );
      return layerResult({
        output: options.returnState ? [output, ...states] : output,
        state: options.stateful
          ? Object.fromEntries(states.map((state, i) => [stateName(i), state]))
          : {},
      });
    },
    outputShape(options, shape, callOptions) {
      const stepShape = stepOf(options, shape);
      const cell = cellOf(options);
      const batch = shape[0] ?? null;
      const shapes = cell.cell.stateShapes(stepShape);
      const given = givenStates(callOptions);
      if (given !== undefined) expectStates(label(options), given as SymbolicTensor[], shapes);
      const output = (cell.outputShape([stepShape])[0] as SymbolicShape).slice(1);
      const y = options.returnSequences ? [batch, shape[1] ?? null, ...output] : [batch, ...output];
      return options.returnState ? [y, ...shapes.map((state) => [batch, ...state])] : y;
    },
    computeMask: (options, _x, mask) => (options.returnSequences ? mask : null),
  };
}

/** Options that are the layer's and not its cell's. The name stays, so that errors of the cell show it. */
const layerNames = new Set(['trainable', ...Object.keys(resolveRecurrentLayer({}))]);

/**
 * The parts of a recurrent layer that brings its own cell: its options are those of the cell and those of all recurrent
 * layers.
 */
export function layerOfCell<
  CellOptions extends LayerOptions,
  CellConfig extends object,
  Specs extends Record<string, ParameterSpec | null>,
>(
  parts: CellParts<CellOptions, CellConfig, Specs>,
  axes: (options: CellConfig) => readonly string[],
): RecurrentParts<CellConfig & RecurrentLayerConfig> & {
  readonly nullOptions?: readonly string[];
  resolve(options: CellOptions & RecurrentLayerOptions): CellConfig & RecurrentLayerConfig;
} {
  const { className } = parts;
  const makeCell = defineCell(parts);
  // Options are frozen and belong to one layer, so its cell is made once.
  const cells = new WeakMap<object, RecurrentCell>();
  const cellOf = (
    options: CellConfig & RecurrentLayerConfig & Partial<CommonConfig>,
  ): RecurrentCell => {
    let cell = cells.get(options);
    if (cell === undefined) {
      const names = Object.keys(options).filter((name) => !layerNames.has(name));
      const own = Object.fromEntries(
        names.map((name) => [name, (options as Record<string, unknown>)[name]]),
      );
      cell = makeCell(own as never);
      cells.set(options, cell);
    }
    return cell;
  };
  return {
    ...recurrentLayer<CellConfig & RecurrentLayerConfig>(className, cellOf, axes),
    ...(parts.nullOptions === undefined ? {} : { nullOptions: parts.nullOptions }),
    resolve: (options) => ({
      ...resolveRecurrentLayer(options),
      ...parts.resolve(options, layerLabel(className, options)),
    }),
  };
}
