/** Checked by the type checker: predictions have the form of the outputs. Nothing here runs. */
import type { SymbolicTensor } from '@gradus/layers';
import { dense, input } from '@gradus/layers';
import type { Tensor } from '@gradus/tensor';
import type { Functional, Model } from './index.js';
import { defineModel, modelFromBytes, model, sequential } from './index.js';

const a = input({ shape: [2] });
const b = dense({ units: 1 })(a);

model({ inputs: a, outputs: b }).predict([[1, 2]]) satisfies Tensor;
const named = model({ inputs: a, outputs: { left: a, right: b } });
named.predict([[1, 2]]).left satisfies Tensor;
named.predictOnBatch([[1, 2]]).right satisfies Tensor;
// @ts-expect-error there is no such output
void named.predict([[1, 2]]).middle;
// @ts-expect-error there are two
named.predict([[1, 2]]).argMax();
model({ inputs: a, outputs: [a, b] })
  .predict([[1, 2]])
  .map((y) => y.shape);
sequential([dense({ units: 1 })]).predict([[1, 2]]) satisfies Tensor;

const two = defineModel({
  name: 'two',
  layers: () => ({ head: dense({ units: 1 }) }),
  call: ({ head }, x: SymbolicTensor) => ({ score: head(x), same: x }),
});
two({}).predict([[1, 2]]).score satisfies Tensor;

// Whatever comes out, it is a model.
named satisfies Model;
named satisfies Functional;
modelFromBytes(new Uint8Array()).predict<{ readonly score: Tensor }>([[1, 2]])
  .score satisfies Tensor;
