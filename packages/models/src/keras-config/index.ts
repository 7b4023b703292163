/** Reading what Keras writes: models, layers, and the options of compile. */
export { camelCase, kerasNames } from './camel.js';
export { compileFromKerasConfig } from './compile-from-keras-config.js';
export {
  fromKerasLoss,
  fromKerasMetric,
  fromKerasOptimizer,
  fromKerasSchedule,
} from './from-keras-compile-parts.js';
export { fromKerasConfig } from './from-keras-config.js';
export { fromKerasLayer } from './from-keras-layer.js';
export { fromKerasTextLayer } from './from-keras-text-layer.js';
export type { FromKerasOptions } from './from-keras-layer.js';
export {
  fromKerasActivation,
  fromKerasConstraint,
  fromKerasInitializer,
  fromKerasRegularizer,
} from './from-keras-parts.js';
export type { KerasObject } from './keras-object.js';
export { UnsupportedKerasError } from './unsupported-keras-error.js';
