import type { Tensor } from '@gradus/tensor';
import { ShapeError, ValueError, conv1d, matmul, take, tensor, transpose } from '@gradus/tensor';
import type { LayerFactory, LayerOptions } from '../layer.js';
import { defineLayer } from '../layer.js';
import { expectInteger, expectRank, formatSymbolic, layerLabel } from '../layer-errors.js';
import { expectNumber } from '../number-options.js';
import { melMatrix, waveKernel } from './mel-scale.js';

/** Options of {@link melSpectrogram}. */
export interface MelSpectrogramOptions extends LayerOptions {
  /** Steps of the transform. Default 2048. */
  readonly fftLength?: number;
  /** Steps from one frame to the next. Default 512. */
  readonly sequenceStride?: number;
  /** Steps of a frame, at most fftLength. Default null: fftLength. */
  readonly sequenceLength?: number | null;
  /** How a frame fades at its ends. Default 'hann'; null for not at all. */
  readonly window?: 'hann' | 'hamming' | null;
  /** Steps per second. Default 16000. */
  readonly samplingRate?: number;
  /** How many bands come out. Default 128. */
  readonly numMelBins?: number;
  /** Where the lowest band begins, in hertz. Default 20. */
  readonly minFreq?: number;
  /** Where the highest band ends, in hertz. Default null: half the sampling rate. */
  readonly maxFreq?: number | null;
  /** Whether power is given in decibels. Default true. */
  readonly powerToDb?: boolean;
  /** How many decibels below the loudest are kept. Default 80. */
  readonly topDb?: number;
  /** Exponent of the magnitude: 2 (default) for power. */
  readonly magExp?: number;
  /** Smaller powers count as this. Default 1e-10. */
  readonly minPower?: number;
  /** The power that is 0 decibels. Default 1. */
  readonly refPower?: number;
}

interface MelSpectrogramConfig {
  readonly fftLength: number;
  readonly sequenceStride: number;
  readonly sequenceLength: number;
  readonly window: 'hann' | 'hamming' | null;
  readonly samplingRate: number;
  readonly numMelBins: number;
  readonly minFreq: number;
  readonly maxFreq: number;
  readonly powerToDb: boolean;
  readonly topDb: number;
  readonly magExp: number;
  readonly minPower: number;
  readonly refPower: number;
}

/** The sound with its mirror image before and after it. */
function mirrored(sound: Tensor, width: number): Tensor {
  const length = sound.shape[1] as number;
  const places = Int32Array.from({ length: length + 2 * width }, (_, i) => {
    const at = Math.abs(i - width);
    return at < length ? at : 2 * (length - 1) - at;
  });
  return take(sound, tensor(places), { axis: 1 });
}

function decibels(power: Tensor, { minPower, refPower, topDb }: MelSpectrogramConfig): Tensor {
  const bel = 10 / Math.LN10;
  const level = power.maximum(minPower).log().mul(bel);
  const relative = level.sub(bel * Math.log(Math.max(Math.abs(refPower), minPower)));
  return relative.maximum(relative.max().sub(topDb));
}

/**
 * How loud a sound is in bands that are as far apart as an ear hears them: `[batch, steps]` becomes
 * `[batch, numMelBins, frames]`.
 *
 * @throws ValueError for impossible options, ShapeError for an input with other axes or too short to be mirrored.
 * @example
 * melSpectrogram({ numMelBins: 64 }).outputShape([null, 16000]); // => [null, 64, 32]
 */
export const melSpectrogram: LayerFactory<readonly [options?: MelSpectrogramOptions]> = defineLayer(
  {
    className: 'MelSpectrogram',
    nullOptions: ['window'],
    outputDType: 'float32',
    resolve(options: MelSpectrogramOptions = {}): MelSpectrogramConfig {
      const label = layerLabel('MelSpectrogram', options);
      const { fftLength = 2048, samplingRate = 16000 } = options;
      const config: MelSpectrogramConfig = {
        fftLength,
        sequenceStride: options.sequenceStride ?? 512,
        sequenceLength: options.sequenceLength ?? fftLength,
        window: options.window === undefined ? 'hann' : options.window,
        samplingRate,
        numMelBins: options.numMelBins ?? 128,
        minFreq: options.minFreq ?? 20,
        maxFreq: options.maxFreq ?? Math.trunc(samplingRate / 2),
        powerToDb: options.powerToDb ?? true,
        topDb: options.topDb ?? 80,
        magExp: options.magExp ?? 2,
        minPower: options.minPower ?? 1e-10,
        refPower: options.refPower ?? 1,
      };
      for (const option of ['fftLength', 'sequenceStride', 'sequenceLength', 'numMelBins'] as const)
        expectInteger(label, option, config[option]);
      expectNumber(label, 'minFreq', config.minFreq, { least: 0, most: config.maxFreq });
      if (config.sequenceLength > fftLength)
        throw new ValueError('mel/lengths', `${label}: a frame must fit into the transform.`, {
          got: `sequenceLength: ${config.sequenceLength}, fftLength: ${fftLength}`,
          expected: 'sequenceLength at most fftLength',
          fix: `give fftLength: ${2 ** Math.ceil(Math.log2(config.sequenceLength))}`,
        });
      return config;
    },
    build(options, inputShape) {
      const label = layerLabel('MelSpectrogram', options);
      expectRank(label, inputShape, ['batch', 'steps']);
      const steps = inputShape[1];
      const half = Math.floor(options.fftLength / 2);
      if (typeof steps === 'number' && steps <= half)
        throw new ShapeError('mel/length', `${label}: the sound is too short.`, {
          got: formatSymbolic(inputShape),
          expected: `more than ${half} steps, half of fftLength`,
          fix: 'use a smaller fftLength, or a longer sound',
        });
      return {};
    },
    call(_params, input, options) {
      const { fftLength, sequenceStride, samplingRate, numMelBins, minFreq, maxFreq } = options;
      const sound = mirrored(input.cast('float32'), Math.floor(fftLength / 2));
      const [real, imag] = (['real', 'imag'] as const).map((side) =>
        conv1d(sound.expandDims(2), waveKernel(options, side), { strides: sequenceStride }),
      ) as [Tensor, Tensor];
      const power = real.square().add(imag.square());
      // The magnitude to a power; its square needs no root, whose slope at 0 is infinite.
      const loud = options.magExp === 2 ? power : power.sqrt().pow(options.magExp);
      const bands = matmul(
        loud,
        melMatrix({
          numMelBins,
          frequencies: real.shape[2] as number,
          samplingRate,
          minFreq,
          maxFreq,
        }),
      );
      return transpose(options.powerToDb ? decibels(bands, options) : bands, [0, 2, 1]);
    },
    outputShape: ({ numMelBins, sequenceStride, fftLength }, [batch, steps]) => [
      batch ?? null,
      numMelBins,
      typeof steps === 'number'
        ? Math.floor((steps + 2 * Math.floor(fftLength / 2) - fftLength) / sequenceStride) + 1
        : null,
    ],
  },
);
