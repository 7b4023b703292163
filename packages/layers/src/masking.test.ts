import { tensor } from '@gradus/tensor';
import { expect, test } from 'vitest';
import { checkLayer, outputOf } from './layer-check.js';
import { masking } from './masking.js';

const x = tensor([
  [
    [0, 0],
    [1, 0],
    [5, 5],
    [5, 2],
  ],
]);

test('finds the steps that only fill up, and empties them', () => {
  expect(masking().computeMask(x, null)?.toArray()).toEqual([[false, true, true, true]]);
  const layer = masking({ maskValue: 5 });
  expect(layer.computeMask(x, null)?.toArray()).toEqual([[true, true, false, true]]);
  expect(outputOf(layer, {}, x).toArray()).toEqual([
    [
      [0, 0],
      [1, 0],
      [0, 0],
      [5, 2],
    ],
  ]);
});

test('holds what every layer must hold', () => {
  checkLayer(masking(), [2, 5, 4]);
  checkLayer(masking({ maskValue: -1 }), [2, 5]);
});

test('a wrong option is refused', () => {
  // @ts-expect-error the option is called maskValue
  expect(() => masking({ value: 1, name: 'gaps' })).toThrowErrorMatchingInlineSnapshot(`
    [NameError: [layer/unknown-option] masking "gaps" has no option 'value'.
      got       'value'
      expected  activityRegularizer, maskValue, name, trainable
      fix       use one of the options above]
  `);
});
