import { expect, test } from 'vitest';
import { hashBucket } from './hash-bucket.js';
import { hashedCrossing } from './hashed-crossing.js';
import { hashing } from './hashing.js';

const buckets = 2 ** 31 - 1;

/** Text, its bucket, and its bucket with salt [7, 11], as TensorFlow 2.21 gives them; one of every length class. */
const known: readonly (readonly [string, number, number])[] = [
  ['', 1699943623, 972594664],
  ['a', 493484721, 906356978],
  ['abc', 1043552938, 319100560],
  ['hello', 441440317, 1330861251],
  ['Zürich', 1257786736, 354679833],
  ['😀 text', 374999851, 1594973316],
  ['020aXX 3ahfX-fcX', 1366980411, 1697659847],
  ['ibcca3aihidf0jcff', 1209292851, 1450541659],
  ['h121f 3eZgd2X2djih1XagY3-aahigfje', 558470008, 865703252],
  ['fg1bhX3b  2da-fYcfghfjdb ec3ehbj0b-c3ghfdbgbdchjiY2hbig 00311c2h', 1131698453, 2092271466],
  ['Z fdhc2iXj 02300 1ZYa0ejfj-eXef3eefcih0 fiZjc2eX03de cfZXbbg00Y0Y', 297880926, 42578726],
  [
    '2ac1Y baYa3Yf3j2cYg2 Z21a-YXdf1XeigZe XdfZajbXdiZf2i0j ifY-gXdfidgbeY-3XdXXhf22fb a fe0h-b2f -ghZji-YY-YZhfc-h3e1fadbbXbZ3aZiji1',
    1122199939,
    907087665,
  ],
  [
    'e30i1b3Yi2 b0jhbbYgigd0Z-dXagg01dghfd3hh-a0a0bfcZgXjbi3ahfYe20-fZ3 cd-1b0dg322gb-1eh0b0 jgb 3gjaZb2b0Xj2j2Yib1gbgddb gj2-Zb dc-a0X0be2fdi2eag-22j 2fXidebb3cYXijXfZhfajXidb-fYa0Xc--a0YeYaYf213a2Yccaf Y1jfha3aghYe-bcjgcjd ZcbaX2afeXXdj1efj1fej Y1ZiYj3jaa0if122ZZYbXhh3hbd3-22X0ib0X2 11a-Zbe- ja1c2Y1cg ',
    1267707407,
    586962002,
  ],
];

test('buckets are those of TensorFlow', () => {
  for (const [text, fast, salted] of known) {
    expect(hashBucket(text, buckets, null)).toBe(fast);
    expect(hashBucket(text, buckets, [7, 11])).toBe(salted);
  }
});

test('hashing: numbers count as their digits, and a mask has bucket 0 alone', () => {
  const layer = hashing({ numBins: 3 });
  expect(layer(['A', 'B', 'C', 'D', 'E']).toArray()).toEqual([1, 0, 1, 1, 2]);
  expect(layer([12, 7]).toArray()).toEqual(layer(['12', '7']).toArray());
  const masked = hashing({ numBins: 3, maskValue: '' });
  expect(
    masked([
      ['A', ''],
      ['B', 'C'],
    ]).toArray(),
  ).toEqual([
    [1, 0],
    [1, 2],
  ]);
  expect(hashing({ numBins: 3, outputMode: 'oneHot' })([['A']]).toArray()).toEqual([[0, 1, 0]]);
  expect(hashing({ numBins: 3, salt: 133 }).options['salt']).toEqual([133, 133]);
});

test('crossings are those of TensorFlow', () => {
  const cross = hashedCrossing({ numBins: buckets });
  expect(
    cross([
      [1, 5, -3],
      ['a', 'b', 'c'],
      [100, 2, 3],
    ]).toArray(),
  ).toEqual([1837422983, 1918955559, 597059344]);
  const rows = hashedCrossing({ numBins: 5, outputMode: 'oneHot' });
  expect(rows([[['A']], [[101]]]).toArray()).toEqual([[0, 1, 0, 0, 0]]);
});

test('impossible options and inputs are explained', () => {
  expect(() => hashing({ numBins: -1, name: 'words' })).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [layer/option] hashing "words": numBins is impossible.
      got       numBins: -1
      expected  a whole number of at least 1
      fix       for example numBins: 1]
  `);
  // @ts-expect-error a wrong option does not compile
  expect(() => hashing({ numBins: 3, bins: 3 })).toThrow(/no option 'bins'/);
  expect(() => hashedCrossing({ numBins: 3 })([['a']])).toThrowErrorMatchingInlineSnapshot(`
    [ValueError: [hashed-crossing/inputs] hashedCrossing crosses several features.
      got       a list of 1
      expected  a list of at least two inputs
      fix       call it with a list: hashedCrossing(...)([days, cities])]
  `);
  expect(() => hashedCrossing({ numBins: 3 })([['a'], ['b', 'c']]))
    .toThrowErrorMatchingInlineSnapshot(`
    [ShapeError: [hashed-crossing/shape] hashedCrossing takes columns of one length.
      got       [1], [2]
      expected  [batch] or [batch, 1], the same for all
      fix       give one value per sample and feature]
  `);
});
