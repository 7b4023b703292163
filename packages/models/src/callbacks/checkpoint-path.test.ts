import { expect, it } from 'vitest';
import { checkpointPath } from './checkpoint-path.js';

it.each([
  ['{epoch}', '3'],
  ['{epoch:02d}-{val_loss:.2f}.gradus', '03-0.13.gradus'],
  ['{epoch:4d}|{valLoss:08.3f}', '   3|0000.126'],
  ['{val_loss:.1e}', '1.3e-01'],
  ['{val_loss:f}', '0.126000'],
  ['plain', 'plain'],
])('fills in %s', (path, expected) => {
  expect(checkpointPath(path, { epoch: 3, val_loss: 0.126 })).toBe(expected);
});

it('names what there is', () => {
  expect(() => checkpointPath('{val_los}', { epoch: 1, val_loss: 1 })).toThrow(
    "did you mean 'val_loss'?",
  );
});
