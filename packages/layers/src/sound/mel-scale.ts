import type { Tensor } from '@gradus/tensor';
import { tensor } from '@gradus/tensor';

/** What decides about the waves that a frame is compared with. */
export interface WaveOptions {
  readonly fftLength: number;
  readonly sequenceLength: number;
  readonly window: 'hann' | 'hamming' | null;
}

/** The window of a frame, in the middle of the transform and zero around: that of a repeating frame. */
function windowOf({ fftLength, sequenceLength, window }: WaveOptions): readonly number[] {
  if (window === null) return new Array<number>(fftLength).fill(1);
  const [a, b] = window === 'hann' ? [0.5, 0.5] : [0.54, 0.46];
  const before = Math.floor((fftLength - sequenceLength) / 2);
  return Array.from({ length: fftLength }, (_, i) => {
    const at = i - before;
    if (at < 0 || at >= sequenceLength) return 0;
    return sequenceLength === 1 ? 1 : a - b * Math.cos((2 * Math.PI * at) / sequenceLength);
  });
}

/** Waves under a window, as a kernel `[fftLength, 1, fftLength / 2 + 1]` of a 1d convolution. */
export function waveKernel(options: WaveOptions, side: 'real' | 'imag'): Tensor {
  const { fftLength } = options;
  const frequencies = Math.floor(fftLength / 2) + 1;
  const window = windowOf(options);
  const data = new Float32Array(fftLength * frequencies);
  for (let t = 0; t < fftLength; t++)
    for (let k = 0; k < frequencies; k++) {
      // Whole turns are left away first: a small angle is exact, a large one is not.
      const angle = (2 * Math.PI * ((k * t) % fftLength)) / fftLength;
      data[t * frequencies + k] =
        (window[t] as number) * (side === 'real' ? Math.cos(angle) : -Math.sin(angle));
    }
  return tensor(data, { shape: [fftLength, 1, frequencies] });
}

/** What decides about the bands. */
export interface MelOptions {
  readonly numMelBins: number;
  readonly frequencies: number;
  readonly samplingRate: number;
  readonly minFreq: number;
  readonly maxFreq: number;
}

const mel = (hertz: number): number => 1127 * Math.log(1 + hertz / 700);

/**
 * The share of each frequency in each band, `[frequencies, numMelBins]`: triangles that are equally wide on the scale of
 * the ear, each of which ends where the one after the next begins.
 *
 * Source: Stevens, Volkmann and Newman 1937; the numbers of the Hidden Markov Model Toolkit.
 */
export function melMatrix(options: MelOptions): Tensor {
  const { numMelBins, frequencies, samplingRate, minFreq, maxFreq } = options;
  const low = mel(minFreq);
  const width = (mel(maxFreq) - low) / (numMelBins + 1);
  const data = new Float32Array(frequencies * numMelBins);
  // The first frequency is a constant and no sound.
  for (let k = 1; k < frequencies; k++) {
    const place = (mel((k * samplingRate) / 2 / (frequencies - 1)) - low) / width;
    for (let band = 0; band < numMelBins; band++)
      data[k * numMelBins + band] = Math.max(0, Math.min(place - band, band + 2 - place));
  }
  return tensor(data, { shape: [frequencies, numMelBins] });
}
