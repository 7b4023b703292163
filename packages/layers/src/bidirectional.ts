import type { Tensor } from '@gradus/tensor';
import { ValueError, concatenate, flip } from '@gradus/tensor';
import type { AnyLayer, CallContext, Layer, LayerOptions, Mask, ParameterSpec } from './layer.js';
import { defineLayer } from './layer.js';
import { expectOneOf, layerLabel } from './layer-errors.js';
import type { LayerResult } from './layer-result.js';
import { layerResult } from './layer-result.js';
import { callNested, nestedSpecs } from './nested-layer.js';
import type { RecurrentLayerConfig, RecurrentLayerOptions } from './recurrent-layer.js';
import { givenStates } from './recurrent-layer.js';
import { stepShapeOf } from './step-shape.js';
import type { SymbolicShape, SymbolicTensor } from './symbolic.js';

/** How the outputs of both directions become one. */
export type MergeMode = 'concat' | 'sum' | 'mul' | 'ave';

/** Options of {@link bidirectional}. */
export interface BidirectionalOptions extends LayerOptions {
  /** The recurrent layer that reads forwards. */
  readonly layer: AnyLayer;
  /** 'concat' (default): side by side; 'sum', 'mul', 'ave': number by number; null: two outputs. */
  readonly mergeMode?: MergeMode | null;
  /** The recurrent layer that reads backwards. Default: like `layer`, with weights of its own. */
  readonly backwardLayer?: AnyLayer;
}

interface BidirectionalConfig {
  readonly layer: AnyLayer;
  readonly mergeMode: MergeMode | null;
  readonly backwardLayer: AnyLayer;
}

/** A class of layers that give several outputs where the outputs are not merged, or where states come out too. */
export interface BidirectionalFactory {
  (
    options: BidirectionalOptions &
      ({ readonly mergeMode: null } | { readonly layer: Layer<readonly SymbolicTensor[]> }),
  ): Layer<readonly SymbolicTensor[]>;
  (options: BidirectionalOptions): Layer;
  readonly className: string;
  readonly nullOptions?: readonly string[];
}

const recurrent = (layer: AnyLayer): RecurrentLayerConfig =>
  layer.options as unknown as RecurrentLayerConfig;

/** The layer with recurrent options changed; it was checked to have them. */
function changed(layer: AnyLayer, changes: RecurrentLayerOptions): AnyLayer {
  const same = Object.entries(changes).every(([name, value]) => layer.options[name] === value);
  return same ? layer : layer.with(changes);
}

function expectRecurrent(label: string, option: string, layer: unknown): void {
  const options = typeof layer === 'function' && 'options' in layer ? layer.options : undefined;
  if (typeof options === 'object' && options !== null && 'goBackwards' in options) return;
  throw new ValueError('bidirectional/layer', `${label}: ${option} is no recurrent layer.`, {
    got: String((layer as { className?: unknown } | null | undefined)?.className ?? layer),
    expected: 'lstm, gru, simpleRNN, rnn or a convolutional LSTM',
    fix: 'bidirectional({ layer: lstm({ units: 8 }) })',
  });
}

/** Both directions must agree on what comes out, and differ in where they start. */
function expectOpposite(label: string, forward: AnyLayer, backward: AnyLayer): void {
  const [a, b] = [recurrent(forward), recurrent(backward)];
  for (const option of ['returnSequences', 'returnState', 'stateful'] as const)
    if (a[option] !== b[option])
      throw new ValueError(
        'bidirectional/options',
        `${label}: both layers must have the same ${option}.`,
        {
          got: `${option}: ${a[option]} forwards, ${b[option]} backwards`,
          expected: 'the same',
          fix: `give backwardLayer ${option}: ${a[option]}`,
        },
      );
  if (a.goBackwards === b.goBackwards)
    throw new ValueError(
      'bidirectional/direction',
      `${label}: one layer must read forwards and the other backwards.`,
      {
        got: `goBackwards: ${a.goBackwards} in both`,
        expected: 'layer with goBackwards: false, backwardLayer with goBackwards: true',
      },
    );
}

function merge(mode: MergeMode | null, y: Tensor, z: Tensor): Tensor[] {
  switch (mode) {
    case 'concat':
      return [concatenate([y, z], { axis: -1 })];
    case 'sum':
      return [y.add(z)];
    case 'mul':
      return [y.mul(z)];
    case 'ave':
      return [y.add(z).div(2)];
    default:
      return [y, z];
  }
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}

/** Shapes of what one direction gives: the output, then the states. */
function shapesOf(layer: AnyLayer, shape: SymbolicShape): readonly SymbolicShape[] {
  const shapes = layer.outputShape(shape);
  return recurrent(layer).returnState
    ? (shapes as readonly SymbolicShape[])
    : [shapes as SymbolicShape];
}

/**
 * Reads a sequence forwards and backwards with two recurrent layers and joins what they found, so that every step knows
 * what comes after it too. With `returnState` the states of the forward layer come out first, then those of the other; an
 * `initialState` is given in the same order.
 *
 * @throws ValueError for layers that are not recurrent or do not go together.
 * @example
 * bidirectional({ layer: lstm({ units: 4 }) }).outputShape([null, 10, 3]); // => [null, 8]
 *
 * Source: Schuster & Paliwal 1997.
 */
export const bidirectional: BidirectionalFactory = defineLayer({
  className: 'Bidirectional',
  supportsMask: true,
  callOptions: ['initialState'],
  nullOptions: ['mergeMode'],
  resolve(options: BidirectionalOptions): BidirectionalConfig {
    const label = layerLabel('Bidirectional', options);
    const { layer, mergeMode = 'concat' } = options;
    expectRecurrent(label, 'layer', layer);
    if (mergeMode !== null)
      expectOneOf(label, 'mergeMode', mergeMode, ['concat', 'sum', 'mul', 'ave']);
    const backward = options.backwardLayer ?? changed(layer, { goBackwards: true });
    expectRecurrent(label, 'backwardLayer', backward);
    expectOpposite(label, layer, backward);
    // As in Keras: repeated outputs at masked steps would not fit together in both directions.
    const masked = { zeroOutputForMask: recurrent(layer).returnSequences };
    return {
      layer: changed(layer, masked),
      mergeMode,
      backwardLayer: changed(backward, masked),
    };
  },
  build(options, shape): Record<string, ParameterSpec | null> {
    const { layer, backwardLayer } = options;
    stepShapeOf(layerLabel('Bidirectional', options), shape);
    return {
      ...nestedSpecs('forwardLayer', layer.build(shape), layer),
      ...nestedSpecs('backwardLayer', backwardLayer.build(shape), backwardLayer),
    };
  },
  call(params, x, options, context) {
    const { layer, backwardLayer, mergeMode } = options;
    const states = givenStates(context.callOptions ?? {});
    const half = (states?.length ?? 0) / 2;
    const run = (
      place: string,
      inner: AnyLayer,
      initialState: readonly Tensor[] | undefined,
    ): LayerResult => {
      const start: CallContext['callOptions'] = initialState === undefined ? {} : { initialState };
      return callNested(place, inner, params, x, context, start);
    };
    const forward = run('forwardLayer', layer, states?.slice(0, half));
    const backward = run('backwardLayer', backwardLayer, states?.slice(half));
    const [y, ...statesForward] = listOf(forward.output);
    const [z, ...statesBackward] = listOf(backward.output);
    const ordered = recurrent(layer).returnSequences ? flip(z as Tensor, { axis: 1 }) : z;
    const output = [
      ...merge(mergeMode, y as Tensor, ordered as Tensor),
      ...statesForward,
      ...statesBackward,
    ];
    return layerResult({
      output: output.length === 1 ? (output[0] as Tensor) : output,
      state: { ...forward.state, ...backward.state },
      losses: [...forward.losses, ...backward.losses],
    });
  },
  outputShape({ layer, backwardLayer, mergeMode }, shape) {
    const [y, ...states] = shapesOf(layer, shape) as [SymbolicShape, ...SymbolicShape[]];
    const [z, ...others] = shapesOf(backwardLayer, shape) as [SymbolicShape, ...SymbolicShape[]];
    const widths = [y.at(-1) ?? null, z.at(-1) ?? null];
    const width = widths.includes(null) ? null : (widths[0] as number) + (widths[1] as number);
    const outputs =
      mergeMode === null ? [y, z] : [mergeMode === 'concat' ? [...y.slice(0, -1), width] : y];
    const all = [...outputs, ...states, ...others];
    return all.length === 1 ? (all[0] as SymbolicShape) : all;
  },
  computeMask({ layer, mergeMode }, _x, mask): Mask | readonly Mask[] {
    const own = recurrent(layer).returnSequences ? mask : null;
    return mergeMode === null ? [own, own] : own;
  },
}) as unknown as BidirectionalFactory;
