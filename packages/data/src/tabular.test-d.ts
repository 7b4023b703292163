/** Checked by the type checker. Nothing here runs. */
import { tabular } from './index.js';
import type { TabularPart } from './index.js';

const table = { size: [1, 2, 3], price: [2, 4, 6] };
// Who asks for a test part gets one.
tabular(table, { target: 'price', testSize: 1 }).test satisfies TabularPart;
// @ts-expect-error without testSize there may be none
tabular(table, { target: 'price' }).test satisfies TabularPart;
