import { tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { checkLayer, outputOf, parametersOf } from '../layer-check.js';
import { fromConfig } from '../registry.js';
import { melSpectrogram } from './mel-spectrogram.js';
import { stftSpectrogram } from './stft-spectrogram.js';

/** A tone of 8 waves in 64 steps. */
const tone = tensor(Float32Array.from({ length: 64 }, (_, t) => Math.sin((2 * Math.PI * t) / 8)));

test('a tone is loudest at its own frequency', () => {
  const layer = stftSpectrogram({ frameLength: 32, mode: 'magnitude' });
  const sound = tone.reshape([1, 64, 1]);
  const y = outputOf(layer, parametersOf(layer, [[1, 64, 1]]), sound);
  expect(y.shape).toEqual([1, 3, 17]);
  expect(y.argMax({ axis: 2 }).toArray()).toEqual([[4, 4, 4]]);
  const mel = melSpectrogram({
    fftLength: 32,
    sequenceStride: 16,
    samplingRate: 64,
    numMelBins: 4,
    minFreq: 0,
  });
  const bands = outputOf(mel, {}, tone.reshape([1, 64]));
  expect(bands.shape).toEqual([1, 4, 5]);
  expect((bands.argMax({ axis: 1 }).toArray() as number[][])[0]?.[2]).toBe(0);
});

test('hold what every layer must hold', () => {
  for (const mode of ['log', 'magnitude', 'psd', 'real', 'imag', 'angle', 'stft'] as const)
    for (const expandDims of [false, true])
      checkLayer(stftSpectrogram({ mode, frameLength: 8, frameStep: 3, expandDims }), [2, 20, 2]);
  checkLayer(
    stftSpectrogram({
      frameLength: 8,
      padding: 'same',
      dataFormat: 'channelsFirst',
      window: 'hamming',
    }),
    [2, 2, 20],
  );
  checkLayer(melSpectrogram({ fftLength: 16, sequenceStride: 4, numMelBins: 5 }), [2, 40]);
  checkLayer(
    melSpectrogram({ fftLength: 16, sequenceStride: 4, powerToDb: false, magExp: 1 }),
    [2, 40],
  );
});

test('no window and no scaling survive a config', () => {
  const layer = stftSpectrogram({ window: null, scaling: null, frameLength: 8 });
  const again = fromConfig({ className: layer.className, config: layer.getConfig() });
  expect(again.options).toEqual(layer.options);
  expect(again.options['window']).toBe(null);
});

test('impossible options and inputs are explained', () => {
  expect(() => stftSpectrogram({ frameLength: 8, frameStep: 9, name: 'sound' }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [stft/lengths] stftSpectrogram "sound": a frame must fit.
      got       frameLength: 8, frameStep: 9, fftLength: null
      expected  frameStep at most, and fftLength at least frameLength
      fix       leave frameStep and fftLength out]
  `);
  expect(() => stftSpectrogram({ window: 'round' as never })).toThrow(/window/);
  expect(() => stftSpectrogram({ frameLength: 64 }).build([null, 32, 1])).toThrow(
    /larger than the input/,
  );
  expect(() => melSpectrogram({ fftLength: 64, sequenceLength: 128 }))
    .toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [mel/lengths] melSpectrogram: a frame must fit into the transform.
      got       sequenceLength: 128, fftLength: 64
      expected  sequenceLength at most fftLength
      fix       give fftLength: 128]
  `);
  expect(() => melSpectrogram({ fftLength: 64, name: 'ear' }).build([null, 32]))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [mel/length] melSpectrogram "ear": the sound is too short.
      got       [batch, 32]
      expected  more than 32 steps, half of fftLength
      fix       use a smaller fftLength, or a longer sound]
  `);
});
