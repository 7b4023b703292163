import { expect, it } from 'vitest';
import { constraints, dense, initializers, regularizers } from './index.js';

// What programs without types do.
const untyped =
  (make: unknown, ...args: readonly unknown[]) =>
  (): unknown =>
    (make as (...args: readonly unknown[]) => unknown)(...args);

it('wants options of regularizers and constraints by name', () => {
  expect(untyped(regularizers.l2, 0.001)).toThrow('l2({ l2: 0.001 })');
  expect(untyped(regularizers.l1, { l2: 1 })).toThrow("l1 has no option 'l2'");
  expect(untyped(regularizers.l1l2, { l3: 1 })).toThrow('layer/part-option');
  expect(untyped(regularizers.orthogonalRegularizer, 1)).toThrow('{ factor: 1 }');
  expect(untyped(constraints.maxNorm, 3)).toThrow('maxNorm({ maxValue: 3 })');
  expect(untyped(constraints.minMaxNorm, { max_value: 3 })).toThrow("did you mean 'maxValue'?");
  expect(untyped(constraints.unitNorm, 1)).toThrow('unitNorm({ axis: 1 })');
});

it('wants options of initializers by name', () => {
  expect(untyped(initializers.constant, 3)).toThrow('constant({ value: 3 })');
  expect(untyped(initializers.identity, 2)).toThrow('identity({ gain: 2 })');
  expect(untyped(initializers.randomNormal, { stdev: 1 })).toThrow("did you mean 'stddev'?");
  expect(untyped(initializers.truncatedNormal, 0)).toThrow('layer/part-options');
  expect(untyped(initializers.randomUniform, { minVal: 1 })).toThrow("did you mean 'minval'?");
  expect(untyped(initializers.orthogonal, { gian: 1 })).toThrow("did you mean 'gain'?");
  expect(untyped(initializers.varianceScaling, { fan: 1 })).toThrow('layer/part-option');
});

it('tells factories that were not called, and what is none', () => {
  const layer = (options: object): (() => unknown) => untyped(dense, { units: 1, ...options });
  expect(layer({ kernelRegularizer: regularizers.l2 })).toThrow('l2, which was not called');
  expect(layer({ kernelRegularizer: 0.01 })).toThrow('regularizer/kind');
  expect(layer({ kernelConstraint: {} })).toThrow('constraint/kind');
  expect(layer({ kernelInitializer: 5 })).toThrow('initializer/kind');
  expect(layer({ kernelInitializer: initializers.heNormal })).toThrow('heNormal()');
});
