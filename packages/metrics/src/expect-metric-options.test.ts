import { tensor } from '@gradus/tensor';
import { expect, it } from 'vitest';
import { metricFromConfig, meanAbsoluteError } from './index.js';

it.each([
  ['binaryAccuracy', { treshold: 0.3 }, "did you mean 'threshold'?"],
  ['auc', { num_thresholds: 3 }, "did you mean 'numThresholds'?"],
  ['auc', { curve: 'roc' }, "curve 'roc'"],
  ['precision', { topk: 1 }, "did you mean 'topK'?"],
  ['truePositives', { threshold: 0.2 }, "did you mean 'thresholds'?"],
  ['recallAtPrecision', { precision: 0.8, classid: 1 }, "did you mean 'classId'?"],
  ['f1Score', { averge: 'micro' }, "did you mean 'average'?"],
  ['r2Score', { numregressor: 1 }, "did you mean 'numRegressors'?"],
  ['rootMeanSquaredError', { nam: 'a' }, "did you mean 'name'?"],
])('%s refuses %j', (name, options, message) => {
  expect(() => metricFromConfig(name, options)).toThrow(message);
});

it('takes options by name, and what files of Keras say besides', () => {
  const make = meanAbsoluteError as (options: unknown) => unknown;
  expect(() => make('mae')).toThrow('metric/options');
  expect(() => make(tensor([1]))).toThrow('metrics: [meanAbsoluteError()]');
  expect(metricFromConfig('auc', { dtype: 'float32' }).name).toBe('auc');
});
