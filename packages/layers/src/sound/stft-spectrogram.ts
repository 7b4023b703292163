import type { Tensor } from '@gradus/tensor';
import { ValueError, arctan2, concatenate, conv1d, pad, transpose } from '@gradus/tensor';
import type { DataFormat, DataFormatOption } from '../data-format.js';
import { resolveDataFormat, shapeToLast } from '../data-format.js';
import { stft } from '../initializers/stft.js';
import type { WindowName } from '../initializers/stft.js';
import type { LayerFactory, LayerOptions, ParameterSpec } from '../layer.js';
import { defineLayer } from '../layer.js';
import { expectInteger, expectOneOf, expectRank, layerLabel } from '../layer-errors.js';
import { expectWindowFits, spaceAxes, windowShape } from '../window.js';

const modes = ['log', 'magnitude', 'psd', 'real', 'imag', 'angle', 'stft'] as const;

/** What a spectrogram says about each frequency. */
export type SpectrogramMode = (typeof modes)[number];

/** Options of {@link stftSpectrogram}. */
export interface StftSpectrogramOptions extends LayerOptions, DataFormatOption {
  /** 'log' (default) or plain 'magnitude', power ('psd'), 'angle', the 'real' or 'imag' part, or both parts ('stft'). */
  readonly mode?: SpectrogramMode;
  /** Steps of a frame. Default 256. */
  readonly frameLength?: number;
  /** Steps from one frame to the next. Default null: half a frame. */
  readonly frameStep?: number | null;
  /** Steps of the transform; it gives half as many frequencies, plus 1. Default null: the next power of 2. */
  readonly fftLength?: number | null;
  /** How a frame fades at its ends: a name, one weight for each step, or null for no fading. Default 'hann'. */
  readonly window?: WindowName | readonly number[] | null;
  /** Whether the window is that of a repeating frame. Default false. */
  readonly periodic?: boolean;
  /** Divides by the length of the window ('density', default), by its sum ('spectrum'), or not at all (null). */
  readonly scaling?: 'density' | 'spectrum' | null;
  /** 'valid' (default): frames stay inside; 'same': zeros around. */
  readonly padding?: 'valid' | 'same';
  /** Whether frequencies get an axis of their own. Default false: they are joined with the channels. */
  readonly expandDims?: boolean;
}

interface StftSpectrogramConfig {
  readonly mode: SpectrogramMode;
  readonly frameLength: number;
  readonly frameStep: number | null;
  readonly fftLength: number | null;
  readonly window: WindowName | readonly number[] | null;
  readonly periodic: boolean;
  readonly scaling: 'density' | 'spectrum' | null;
  readonly padding: 'valid' | 'same';
  readonly expandDims: boolean;
  readonly dataFormat: DataFormat;
}

const epsilon = 1e-7;

const stepOf = ({ frameStep, frameLength }: StftSpectrogramConfig): number =>
  frameStep ?? Math.floor(frameLength / 2);

const frequenciesOf = ({ fftLength, frameLength }: StftSpectrogramConfig): number =>
  Math.floor((fftLength ?? 2 ** Math.ceil(Math.log2(frameLength))) / 2) + 1;

/** Names that no sound has are refused by the window itself; numbers are checked here. */
function checkLengths(label: string, options: StftSpectrogramConfig): void {
  const { frameLength, frameStep, fftLength } = options;
  expectInteger(label, 'frameLength', frameLength, 2);
  if (frameStep !== null) expectInteger(label, 'frameStep', frameStep);
  if (fftLength !== null) expectInteger(label, 'fftLength', fftLength);
  if ((frameStep ?? 1) > frameLength || (fftLength ?? frameLength) < frameLength)
    throw new ValueError('stft/lengths', `${label}: a frame must fit.`, {
      got: `frameLength: ${frameLength}, frameStep: ${frameStep}, fftLength: ${fftLength}`,
      expected: 'frameStep at most, and fftLength at least frameLength',
      fix: 'leave frameStep and fftLength out',
    });
}

/** Frames of every channel times waves: `[batch, frames, channels, frequencies]` of a sound `[batch, steps, channels]`. */
function waves(sound: Tensor, kernel: Tensor, options: StftSpectrogramConfig): Tensor {
  const [batch, steps, channels] = sound.shape as readonly [number, number, number];
  const apart = transpose(sound, [0, 2, 1]).reshape([batch * channels, steps, 1]);
  const found = conv1d(apart, kernel, { strides: stepOf(options), padding: options.padding });
  const [, frames, frequencies] = found.shape as readonly [number, number, number];
  return transpose(found.reshape([batch, channels, frames, frequencies]), [0, 2, 1, 3]);
}

function spectrum(real: Tensor, imag: Tensor, mode: SpectrogramMode): Tensor {
  if (mode === 'angle') return arctan2(imag, real);
  if (mode === 'stft') return concatenate([real, imag], { axis: 3 });
  const power = real.square().add(imag.square());
  if (mode === 'psd') {
    // Every frequency but the first and the last stands for two: itself and its negative.
    const [batch, frames, channels, frequencies] = power.shape as readonly [
      number,
      number,
      number,
      number,
    ];
    const inner = power.slice([0, 0, 0, 1], [batch, frames, channels, frequencies - 2]);
    return power.add(
      pad(inner, [
        [0, 0],
        [0, 0],
        [0, 0],
        [1, 1],
      ]),
    );
  }
  const magnitude = power.maximum(epsilon).sqrt();
  return mode === 'magnitude' ? magnitude : magnitude.maximum(epsilon).log();
}

/** The axes as the options want them; `y` is [batch, frames, channels, frequencies]. */
function arranged(y: Tensor, { dataFormat, expandDims }: StftSpectrogramConfig): Tensor {
  if (expandDims) return transpose(y, dataFormat === 'channelsLast' ? [0, 1, 3, 2] : [0, 2, 1, 3]);
  const [batch, frames, channels, frequencies] = y.shape as readonly [
    number,
    number,
    number,
    number,
  ];
  const joined = y.reshape([batch, frames, channels * frequencies]);
  return dataFormat === 'channelsLast' ? joined : transpose(joined, [0, 2, 1]);
}

/**
 * Which frequencies a sound has at which time: the short-time Fourier transform, as a convolution whose kernels start as
 * cosines and sines and may be trained. `[batch, steps, channels]` becomes `[batch, frames, channels frequencies]`, or
 * `[batch, frames, frequencies, channels]` with `expandDims`.
 *
 * @throws ValueError for impossible options, ShapeError for an input with other axes or shorter than a frame.
 * @example
 * stftSpectrogram({ frameLength: 256 }).outputShape([null, 16000, 1]); // => [null, 124, 129]
 */
export const stftSpectrogram: LayerFactory<readonly [options?: StftSpectrogramOptions]> =
  defineLayer({
    className: 'STFTSpectrogram',
    nullOptions: ['window', 'scaling'],
    resolve(options: StftSpectrogramOptions = {}): StftSpectrogramConfig {
      const label = layerLabel('STFTSpectrogram', options);
      const config: StftSpectrogramConfig = {
        mode: options.mode ?? 'log',
        frameLength: options.frameLength ?? 256,
        frameStep: options.frameStep ?? null,
        fftLength: options.fftLength ?? null,
        window: options.window === undefined ? 'hann' : options.window,
        periodic: options.periodic ?? false,
        scaling: options.scaling === undefined ? 'density' : options.scaling,
        padding: options.padding ?? 'valid',
        expandDims: options.expandDims ?? false,
        dataFormat: resolveDataFormat(label, options),
      };
      expectOneOf(label, 'mode', config.mode, modes);
      expectOneOf(label, 'padding', config.padding, ['valid', 'same']);
      if (config.scaling !== null)
        expectOneOf(label, 'scaling', config.scaling, ['density', 'spectrum']);
      checkLengths(label, config);
      stft({ window: config.window });
      return config;
    },
    build(options, inputShape): Record<'realKernel' | 'imagKernel', ParameterSpec | null> {
      const label = layerLabel('STFTSpectrogram', options);
      expectRank(label, inputShape, spaceAxes(1, options.dataFormat));
      expectWindowFits(label, shapeToLast(inputShape, options.dataFormat), {
        windowSize: [options.frameLength],
        strides: [stepOf(options)],
        padding: options.padding,
      });
      const { mode, window, scaling, periodic } = options;
      const shape = [options.frameLength, 1, frequenciesOf(options)];
      const kernel = (side: 'real' | 'imag'): ParameterSpec => ({
        shape,
        initializer: stft({ side, window, scaling, periodic }),
      });
      return {
        realKernel: mode === 'imag' ? null : kernel('real'),
        imagKernel: mode === 'real' ? null : kernel('imag'),
      };
    },
    call({ realKernel, imagKernel }, input, options) {
      const x = input.cast('float32');
      const sound = options.dataFormat === 'channelsLast' ? x : transpose(x, [0, 2, 1]);
      const [real, imag] = [realKernel, imagKernel].map((kernel) =>
        kernel === undefined ? undefined : waves(sound, kernel, options),
      );
      if (real === undefined || imag === undefined)
        return arranged((real ?? imag) as Tensor, options);
      return arranged(spectrum(real, imag, options.mode), options);
    },
    outputShape(options, inputShape) {
      const last = shapeToLast(inputShape, options.dataFormat);
      const [batch = null, , channels = null] = last;
      const [frames = null] = windowShape(last, {
        windowSize: [options.frameLength],
        strides: [stepOf(options)],
        padding: options.padding,
      });
      const frequencies = frequenciesOf(options) * (options.mode === 'stft' ? 2 : 1);
      const isLast = options.dataFormat === 'channelsLast';
      if (options.expandDims)
        return isLast
          ? [batch, frames, frequencies, channels]
          : [batch, channels, frames, frequencies];
      const joined = channels === null ? null : channels * frequencies;
      return isLast ? [batch, frames, joined] : [batch, joined, frames];
    },
  });
