import { describe, it } from 'vitest';
import { threadChecks } from './thread-agreement.js';

describe.each([2, 3])('the WASM backend on %s threads gives the same bits as on one', (threads) => {
  for (const { name, run } of threadChecks(threads)) it(name, run);
});
