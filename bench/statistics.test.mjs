import { expect, test } from 'vitest';
import { compareTimes, inWords, median, mergeRounds, threeDigits } from './statistics.mjs';

test('the median is the middle value, or the mean of the two middle ones, and leaves its input alone', () => {
  const values = [5, 1, 3];
  expect(median(values)).toBe(3);
  expect(values).toEqual([5, 1, 3]);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(() => median([])).toThrow('no values');
});

test('rounds merge into the median of their medians and the best of all samples', () => {
  const rounds = [
    { median: 10, best: 8 },
    { median: 30, best: 5 },
    { median: 20, best: 9 },
  ];
  expect(mergeRounds(rounds)).toEqual({ median: 20, best: 5, rounds });
});

test('a ratio of times reads in both directions', () => {
  expect(compareTimes(2, 8)).toEqual({ time: 0.25, speed: 4 });
  expect(inWords(compareTimes(2, 8))).toBe('4x faster');
  expect(inWords(compareTimes(8, 2))).toBe('4x slower');
  expect(inWords(compareTimes(40, 23), { better: 'smaller', worse: 'larger' })).toBe(
    '1.74x larger',
  );
});

test('less than 10 % is no difference', () => {
  expect(inWords(compareTimes(100, 105))).toBe('level');
  expect(inWords(compareTimes(105, 100))).toBe('level');
  expect(inWords(compareTimes(100, 115))).toBe('1.15x faster');
});

test('numbers are shown with three digits', () => {
  expect([12_345, 0.012_345, 5, 999.6].map(threeDigits)).toEqual([
    '12,300',
    '0.0123',
    '5',
    '1,000',
  ]);
});
