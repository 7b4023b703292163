export { constant, identity, ones, zeros } from './constant.js';
export { computeFans } from './fans.js';
export type { Fans } from './fans.js';
export { getInitializer } from './get-initializer.js';
export type { InitializerLike, InitializerName } from './get-initializer.js';
export { defineInitializer } from './initializer.js';
export type { Initializer, SeedOption } from './initializer.js';
export { orthogonal } from './orthogonal.js';
export { randomNormal, randomUniform, truncatedNormal } from './random.js';
export type { NormalOptions, UniformOptions } from './random.js';
export { stft } from './stft.js';
export type { StftOptions, WindowName } from './stft.js';
export {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  varianceScaling,
} from './variance-scaling.js';
export type {
  FanMode,
  FanOptions,
  ScalingDistribution,
  VarianceScalingOptions,
} from './variance-scaling.js';
