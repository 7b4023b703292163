import { key } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { getInitializer } from './get-initializer.js';
import { stft } from './stft.js';
import type { StftOptions, WindowName } from './stft.js';

const make = (options: StftOptions, shape = [8, 1, 5]): number[] =>
  Array.from(stft(options)(shape, 'float32', key(0)).data);

/** The window alone: frequency 0 of the cosines. */
const shapeOf = (window: WindowName, periodic = false): number[] =>
  make({ window, scaling: null, periodic }, [5, 1, 1]).map((w) => Math.round(w * 1e4) / 1e4);

describe('stft', () => {
  it('makes cosines and sines', () => {
    expect(make({ window: null }, [3, 1, 2])).toEqual([1, 1, 1, -1, 1, 1]);
    const [, sine] = make({ window: null, side: 'imag' }, [2, 1, 3]).slice(3);
    expect(sine).toBeCloseTo(-1, 6);
  });

  it.each([
    ['hann', [0, 0.5, 1, 0.5, 0]],
    ['hamming', [0.08, 0.54, 1, 0.54, 0.08]],
    ['blackman', [0, 0.34, 1, 0.34, 0]],
    ['bartlett', [0, 0.5, 1, 0.5, 0]],
    ['triang', [0.3333, 0.6667, 1, 0.6667, 0.3333]],
    ['cosine', [0.309, 0.809, 1, 0.809, 0.309]],
    ['bohman', [0, 0.3183, 1, 0.3183, 0]],
    ['parzen', [0.016, 0.424, 1, 0.424, 0.016]],
  ] as const)('%s fades as in SciPy', (window, want) => {
    shapeOf(window).forEach((w, i) => expect(w).toBeCloseTo(want[i] as number, 4));
  });

  it('has periodic windows and two scales', () => {
    expect(shapeOf('hann', true)).toEqual([0, 0.3455, 0.9045, 0.9045, 0.3455]);
    const squares = make({}, [5, 1, 1]).reduce((sum, w) => sum + w * w, 0);
    expect(squares).toBeCloseTo(1, 5);
    const sum = make({ scaling: 'spectrum' }, [5, 1, 1]).reduce((total, w) => total + w, 0);
    expect(sum).toBeCloseTo(1, 5);
  });

  it('is found by name, and refuses other shapes and windows', () => {
    expect(getInitializer('stft').className).toBe('STFT');
    expect(() => make({}, [4, 2, 3])).toThrow('initializer/stft');
    expect(() => stft({ window: 'han' as 'hann' })).toThrow("did you mean 'hann'?");
  });
});
