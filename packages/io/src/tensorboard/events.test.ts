import { describe, expect, it } from 'vitest';
import { formatTensorBoard, tensorBoardHeader } from './events.js';
import { histogramOf } from './histogram.js';
import { crc32c } from './record.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('event files', () => {
  it('use the sums of RFC 3720', () => {
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  });

  // Bytes that tensorboard 2.21.0 wrote for the same events.
  it('are those of TensorBoard', () => {
    expect(hex(tensorBoardHeader(1.5))).toBe(
      '1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c',
    );
    expect(hex(formatTensorBoard([{ tag: 'epoch_loss', step: 300, value: 0.25, time: 2 }]))).toBe(
      '2100000000000000017becf609000000000000004010ac022a130a110a0a65706f63685f6c6f7373150000803e3fc44495',
    );
    expect(hex(formatTensorBoard([{ tag: 'h', step: 0, value: [1, 1], time: 2 }]))).toBe(
      '6300000000000000b16b13d90900000000000000402a580a560a01682a5109000000000000f03f11000000000000f03f1900000000000000402100000000000000402900000000000000403210000000000000e03f000000000000f83f3a1000000000000000000000000000000040f6878511',
    );
  });
});

describe('histograms', () => {
  it('count every finite value once', () => {
    const values = Array.from({ length: 100 }, (_, i) => Math.sin(i));
    const histogram = histogramOf([...values, NaN, Infinity]);
    expect(histogram?.counts.reduce((a, b) => a + b)).toBe(100);
    expect(histogram?.limits.length).toBe(31);
    expect(histogram?.limits.at(-1)).toBe(Math.max(...values));
    expect(histogram?.counts[0]).toBe(0);
  });

  it('are empty without values', () => {
    expect(histogramOf([NaN])).toBe(undefined);
    expect(histogramOf([])).toBe(undefined);
  });
});
