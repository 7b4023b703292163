import { describe, expect, it } from 'vitest';
import { brainToNumber, halfToNumber } from './half.js';

describe('halfToNumber', () => {
  it('reads the landmarks of the format', () => {
    expect(halfToNumber(0x3c00)).toBe(1);
    expect(halfToNumber(0x8000)).toBe(-0);
    expect(halfToNumber(0x0001)).toBe(2 ** -24);
    expect(halfToNumber(0x03ff)).toBe(1023 * 2 ** -24);
    expect(halfToNumber(0x0400)).toBe(2 ** -14);
    expect(halfToNumber(0x7bff)).toBe(65504);
    expect(halfToNumber(0xfc00)).toBe(-Infinity);
    expect(halfToNumber(0x7e00)).toBeNaN();
  });
});

describe('brainToNumber', () => {
  it('reads the landmarks of the format', () => {
    expect(brainToNumber(0x3f80)).toBe(1);
    expect(brainToNumber(0xc049)).toBe(-3.140625);
    expect(brainToNumber(0x7f80)).toBe(Infinity);
    expect(brainToNumber(0x8000)).toBe(-0);
    expect(brainToNumber(0x7fc0)).toBeNaN();
  });
});
