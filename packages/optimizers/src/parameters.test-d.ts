import { tensor } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { adam } from './index.js';

const optimizer = adam();
const weights: readonly [Tensor, Tensor] = [tensor([1]), tensor([2])];
const [next, state] = optimizer.update(weights, optimizer.init(weights), weights);
// A tuple of parameters stays one, so the next step can be given what this one returned.
const again: readonly [Tensor, Tensor] = next;
optimizer.update(again, state, again);
// @ts-expect-error there is no third parameter
const third: Tensor = next[2];
export { third };

const list: Tensor[] = [...weights];
const [nextList] = optimizer.update(list, state, list);
export const asList: Tensor[] = nextList;
