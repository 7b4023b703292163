import { ValueError } from '@gradus/tensor';
import { checkClips } from './clip.js';
import type { OptimizerOptions } from './optimizer.js';

/** The options that all optimizers share, with Keras' defaults filled in. */
export interface BaseConfig {
  readonly name: string;
  readonly weightDecay: number | null;
  readonly clipnorm: number | null;
  readonly globalClipnorm: number | null;
  readonly clipvalue: number | null;
  readonly useEma: boolean;
  readonly emaMomentum: number;
  readonly emaOverwriteFrequency: number | null;
  readonly lossScaleFactor: number | null;
  readonly gradientAccumulationSteps: number | null;
  readonly excludeFromWeightDecay: readonly string[];
}

/** Fills in the defaults. */
export function baseConfig(options: OptimizerOptions, defaultName: string): BaseConfig {
  return {
    name: options.name ?? defaultName,
    weightDecay: options.weightDecay ?? null,
    clipnorm: options.clipnorm ?? null,
    globalClipnorm: options.globalClipnorm ?? null,
    clipvalue: options.clipvalue ?? null,
    useEma: options.useEma ?? false,
    emaMomentum: options.emaMomentum ?? 0.99,
    emaOverwriteFrequency: options.emaOverwriteFrequency ?? null,
    lossScaleFactor: options.lossScaleFactor ?? null,
    gradientAccumulationSteps: options.gradientAccumulationSteps ?? null,
    excludeFromWeightDecay: options.excludeFromWeightDecay ?? [],
  };
}

/** @throws ValueError for options that are out of range or exclude each other. */
export function checkBaseConfig(base: BaseConfig): void {
  checkClips(base);
  const require = (holds: boolean, option: string, got: unknown, expected: string): void => {
    if (!holds)
      throw new ValueError(
        'optimizer/option',
        `The optimizer option ${option} is out of its range.`,
        {
          got: String(got),
          expected,
          fix: `set ${option} to ${expected}, or leave it out`,
        },
      );
  };
  const isCount = (value: number | null, least: number): boolean =>
    value === null || (Number.isInteger(value) && value >= least);
  const { emaMomentum, gradientAccumulationSteps, emaOverwriteFrequency } = base;
  require(emaMomentum >= 0 && emaMomentum <= 1, 'emaMomentum', emaMomentum, 'a number from 0 to 1');
  require(isCount(
    gradientAccumulationSteps,
    2,
  ), 'gradientAccumulationSteps', gradientAccumulationSteps, 'an integer of at least 2');
  require(isCount(
    emaOverwriteFrequency,
    1,
  ), 'emaOverwriteFrequency', emaOverwriteFrequency, 'an integer of at least 1');
}

/** Whether weight decay leaves a parameter alone. */
export function isExcluded(name: string | undefined, parts: readonly string[]): boolean {
  return name !== undefined && parts.some((part) => name.includes(part));
}
