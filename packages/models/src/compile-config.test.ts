import { dense } from '@gradus/layers';
import { meanIoU } from '@gradus/metrics';
import { adam, lossScaleOptimizer, multiOptimizer, sgd } from '@gradus/optimizers';
import { describe, expect, it } from 'vitest';
import { compileFromKerasConfig, fromKerasMetric, fromKerasOptimizer } from './index.js';
import { modelFromBytes } from './load.js';
import { sequential } from './sequential.js';

const saved = (optimizer: Parameters<ReturnType<typeof sequential>['compile']>[0]) => {
  const m = sequential([dense({ units: 2 })], { inputShape: [2] }).compile(optimizer);
  m.trainOnBatch([[1, 2]], [[1, 0]]);
  return modelFromBytes(m.toBytes());
};

describe('what compile was told', () => {
  it('comes back from a file, with optimizers inside of optimizers', () => {
    const loaded = saved({
      optimizer: lossScaleOptimizer({ innerOptimizer: adam({ beta1: 0.8 }), initialScale: 4 }),
      loss: 'mse',
      metrics: [meanIoU({ numClasses: 2, sparseYPred: false, sparseYTrue: false })],
      runEagerly: true,
      stepsPerExecution: 3,
    });
    const { optimizer, options, stepsPerExecution } = loaded.requireCompiled('fit');
    expect(optimizer.className).toBe('LossScaleOptimizer');
    expect(optimizer.config).toMatchObject({ innerOptimizer: { config: { beta1: 0.8 } } });
    expect(options.runEagerly).toBe(true);
    expect(stepsPerExecution).toBe(3);
    const several = multiOptimizer({ defaultOptimizer: sgd(), optimizerMap: { 'a/.*': adam() } });
    expect(
      saved({ optimizer: several, loss: 'mse' }).requireCompiled('fit').optimizer.config,
    ).toEqual(several.config);
  });

  it('is read from Keras', () => {
    const inner = { class_name: 'SGD', config: { learning_rate: 0.5, momentum: 0.9 } };
    const scaled = { class_name: 'LossScaleOptimizer', config: { inner_optimizer: inner } };
    const made = fromKerasOptimizer(scaled);
    expect(made.learningRate).toBe(0.5);
    const map = {
      class_name: 'OptimizerMap',
      config: {
        default_optimizer: inner,
        optimizer_map: { 'head/.*': scaled.config.inner_optimizer },
      },
    };
    const several = fromKerasOptimizer({
      class_name: 'MultiOptimizer',
      config: { optimizer_map: map },
    });
    expect(several.config).toMatchObject({ optimizerMap: { 'head/.*': { className: 'SGD' } } });
    const iou = { class_name: 'MeanIoU', config: { num_classes: 3, dtype: 'int32', name: 'iou' } };
    expect(fromKerasMetric(iou).config).toMatchObject({ numClasses: 3, name: 'iou' });
    expect(
      compileFromKerasConfig({ loss: 'mse', run_eagerly: true, steps_per_execution: 8 }),
    ).toMatchObject({ runEagerly: true, stepsPerExecution: 8 });
  });
});
