/** Checked by the type checker: wrong options of models, training and callbacks do not compile. Nothing here runs. */
import { activation, conv2d, dense, dropout, embedding, lstm, maxPooling2d } from '@gradus/layers';
import type { Tensor } from '@gradus/tensor';
import {
  backupAndRestore,
  csvLogger,
  earlyStopping,
  lambdaCallback,
  modelCheckpoint,
  reduceLrOnPlateau,
  sequential,
} from './index.js';
import type { History, StepFunction } from './index.js';

const m = sequential([dense({ units: 1 })], { inputShape: [1] });
declare const x: Tensor;

m.compile({ optimizer: 'adam', loss: 'mse', metrics: ['accuracy', 'mae'] });
m.compile({ loss: { left: 'mse', right: null }, metrics: { left: ['mae'] }, lossWeights: [1, 2] });
// @ts-expect-error no optimizer has this name
m.compile({ optimizer: 'adan' });
// @ts-expect-error no loss has this name
m.compile({ loss: 'msee' });
// @ts-expect-error no metric has this name
m.compile({ loss: 'mse', metrics: ['acuracy'] });
// @ts-expect-error no metric has this name
m.compile({ loss: 'mse', weightedMetrics: { left: 'maee' } });
// @ts-expect-error Keras' spelling
m.compile({ loss: 'mse', loss_weights: [1] });
// @ts-expect-error a switch is no number of steps
m.compile({ loss: 'mse', stepsPerExecution: true });

const step: StepFunction = (_plan, state, batch) => [state, { loss: batch.x[0] as Tensor }];
m.compile({ loss: 'mse', trainStep: step });
// @ts-expect-error a step returns the next state too
m.compile({ loss: 'mse', trainStep: (_plan, _state, batch) => ({ loss: batch.x[0] as Tensor }) });

const run = m.fit(x, x, { epochs: 3, validationSplit: 0.2, verbose: 'auto' });
void run.then((history: History) => history.epoch);
// @ts-expect-error no such option
m.fit(x, x, { epoch: 3 });
// @ts-expect-error no such verbosity
m.fit(x, x, { verbose: 3 });
// @ts-expect-error no such hook
m.fit(x, x, { callbacks: [{ onEpochFinish: () => undefined }] });
// @ts-expect-error evaluate has no epochs
void m.evaluate(x, x, { epochs: 1 });
// @ts-expect-error predict takes no targets
m.predict(x, x);

earlyStopping({ mode: 'max' });
// @ts-expect-error no such mode
earlyStopping({ mode: 'up' });
// @ts-expect-error Keras' spelling
earlyStopping({ restore_best_weights: true });
// @ts-expect-error no such moment
modelCheckpoint('a', { saveFreq: 'batch' });
// @ts-expect-error an option of another callback
reduceLrOnPlateau({ restoreBestWeights: true });
// @ts-expect-error a separator is a text
csvLogger('a.csv', { separator: 1 });
// @ts-expect-error no such moment
backupAndRestore('a', { saveFreq: 'batch' });
// @ts-expect-error the first argument is the number of the epoch
lambdaCallback({ onEpochBegin: (epoch: string) => void epoch });

// @ts-expect-error no activation has this name
dense({ units: 1, activation: 'rellu' });
// @ts-expect-error units cannot be left out
dense({ activation: 'relu' });
// @ts-expect-error no such option
dense({ units: 1, useBiases: true });
// @ts-expect-error no initializer has this name
dense({ units: 1, kernelInitializer: 'glorot' });
// @ts-expect-error no such padding
conv2d({ filters: 1, kernelSize: 3, padding: 'full' });
// @ts-expect-error no such option
lstm({ units: 1, returnSequence: true });
// @ts-expect-error a rate is a number
dropout({ rate: '0.5' });
// @ts-expect-error the length of the vectors is missing
embedding({ inputDim: 3 });
// @ts-expect-error Keras' spelling
maxPooling2d({ pool_size: 2 });
// @ts-expect-error no activation has this name
activation({ activation: 'softmaxx' });
