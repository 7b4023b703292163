import { expect, it } from 'vitest';
import { hasRelaxedSimd, hasThreads } from './features.js';

it('has threads only where the page is isolated, and never on the thread that draws it', () => {
  expect(hasRelaxedSimd()).toBe(true);
  // A test runs on the thread of the page.
  expect(hasThreads()).toBe(false);
});
