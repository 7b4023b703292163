import { formatSafetensors, parseSafetensors } from '@gradus/io';
import type { ArrayValue } from '@gradus/io';
import { dense } from '@gradus/layers';
import { FormatError } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { modelFromBytes } from './load.js';
import { contentSum } from './save.js';
import { sequential } from './sequential.js';

const bytes = sequential([dense({ units: 2 })], { inputShape: [3] }).toBytes();

/** The file with a change, and a checksum that fits the change. */
function changed(
  change: (arrays: Record<string, ArrayValue>, architecture: string) => string,
): Uint8Array {
  const { tensors, metadata } = parseSafetensors(bytes);
  const arrays = { ...tensors };
  const architecture = change(arrays, metadata['architecture'] as string);
  return formatSafetensors(arrays, {
    metadata: { ...metadata, architecture, checksum: contentSum(architecture, arrays) },
  });
}

describe('loading', () => {
  it('refuses a file that was cut anywhere', () => {
    for (let length = 0; length < bytes.length; length += 7)
      expect(() => modelFromBytes(bytes.subarray(0, length))).toThrow(FormatError);
  });

  it('refuses every altered byte of the weights', () => {
    for (let at = bytes.length - 32; at < bytes.length; at++) {
      const copy = bytes.slice();
      copy[at] = (copy[at] as number) ^ 16;
      expect(() => modelFromBytes(copy)).toThrow(FormatError);
    }
  });

  it('names a missing weight, an extra one, a wrong shape and an unknown layer', () => {
    const missing = changed(
      (arrays, architecture) => (delete arrays['weights/dense/bias'], architecture),
    );
    expect(() => modelFromBytes(missing, 'm.gradus')).toThrow('no weights/dense/bias');
    const extra = changed((arrays, architecture) => {
      arrays['weights/other/kernel'] = arrays['weights/dense/bias'] as ArrayValue;
      return architecture;
    });
    expect(() => modelFromBytes(extra)).toThrow('weights/other/kernel');
    const wrong = changed((arrays, architecture) => {
      arrays['weights/dense/bias'] = { shape: [1], dtype: 'float32', data: new Float32Array(1) };
      return architecture;
    });
    expect(() => modelFromBytes(wrong)).toThrow('[2]');
    const unknown = changed((_arrays, architecture) => architecture.replace('"Dense"', '"Dens"'));
    expect(() => modelFromBytes(unknown, 'm.gradus')).toThrow(
      /m\.gradus[\s\S]*'Dens'[\s\S]*did you mean 'Dense'/,
    );
  });
});
