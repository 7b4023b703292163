/** Checked by the type checker: a wrong name or option of an optimizer does not compile. Nothing here runs. */
import {
  adam,
  cosineDecay,
  exponentialDecay,
  getOptimizer,
  lossScaleOptimizer,
  piecewiseConstantDecay,
  sgd,
} from './index.js';
import type { Optimizer } from './index.js';

getOptimizer('adam') satisfies Optimizer;
getOptimizer('scheduleFreeAdamW') satisfies Optimizer;
// @ts-expect-error no optimizer has this name
getOptimizer('adamm');
// @ts-expect-error it leads another optimizer, so it has options that cannot be left out
getOptimizer('lossScaleOptimizer');

adam({
  learningRate: cosineDecay({ initialLearningRate: 0.1, decaySteps: 10 }),
}) satisfies Optimizer;
// @ts-expect-error an option of another optimizer
adam({ momentum: 0.9 });
// @ts-expect-error Keras' spelling
adam({ beta_1: 0.9 });
// @ts-expect-error a name is no learning rate
sgd({ learningRate: 'cosineDecay' });
// @ts-expect-error a length is a number
sgd({ clipnorm: true });
// @ts-expect-error the rate of decay is missing
exponentialDecay({ initialLearningRate: 0.1, decaySteps: 10 });
// @ts-expect-error values are a list
piecewiseConstantDecay({ boundaries: [1], values: 0.1 });
// @ts-expect-error a name is no optimizer here
lossScaleOptimizer({ innerOptimizer: 'adam' });
