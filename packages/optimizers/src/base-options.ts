import { NameError, ValueError, nearestName } from '@gradus/tensor';
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

/**
 * Refuses options that no optimizer of this class reads, and rates and shares that are no numbers: compiled programs would
 * carry them through training as NaN.
 *
 * @throws NameError with the nearest name; ValueError with the range.
 */
export function checkOwnOptions(
  label: string,
  options: OptimizerOptions,
  config: Readonly<Record<string, unknown>> = {},
): void {
  const known = ['learningRate', ...Object.keys(baseConfig({}, label)), ...Object.keys(config)];
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const nearest = name === 'lr' ? 'learningRate' : nearestName(name, known);
    throw new NameError('optimizer/unknown-option', `${label} has no option '${name}'.`, {
      got: `'${name}'`,
      expected: known.sort().join(', '),
      fix: nearest === undefined ? 'use one of the options above' : `did you mean '${nearest}'?`,
    });
  }
  const { learningRate } = options;
  const isSchedule = typeof learningRate === 'function' && 'className' in learningRate;
  requireOption(
    learningRate === undefined || Number.isFinite(learningRate) || isSchedule,
    'learningRate',
    learningRate,
    'a finite number or a schedule',
  );
  for (const share of ['beta1', 'beta2', 'rho', 'momentum']) {
    const value = config[share] as number | undefined;
    const isShare = typeof value === 'number' && value >= 0 && value <= 1;
    requireOption(value === undefined || isShare, share, value, 'a number from 0 to 1');
  }
}

function requireOption(holds: boolean, option: string, got: unknown, expected: string): void {
  if (holds) return;
  throw new ValueError('optimizer/option', `The optimizer option ${option} is out of its range.`, {
    got:
      typeof got === 'string' ? `'${got}'` : typeof got === 'function' ? 'a function' : String(got),
    expected,
    fix: `set ${option} to ${expected}, or leave it out`,
  });
}

/** @throws ValueError for options that are out of range or exclude each other. */
export function checkBaseConfig(base: BaseConfig): void {
  checkClips(base);
  const isCount = (value: number | null, least: number): boolean =>
    value === null || (Number.isInteger(value) && value >= least);
  const { emaMomentum, gradientAccumulationSteps, emaOverwriteFrequency } = base;
  for (const clip of ['clipnorm', 'clipvalue', 'globalClipnorm'] as const) {
    const value = base[clip];
    requireOption(value === null || value >= 0, clip, value, 'a number of at least 0');
  }
  requireOption(
    base.weightDecay === null || Number.isFinite(base.weightDecay),
    'weightDecay',
    base.weightDecay,
    'a finite number',
  );
  requireOption(
    emaMomentum >= 0 && emaMomentum <= 1,
    'emaMomentum',
    emaMomentum,
    'a number from 0 to 1',
  );
  requireOption(
    isCount(gradientAccumulationSteps, 2),
    'gradientAccumulationSteps',
    gradientAccumulationSteps,
    'an integer of at least 2',
  );
  requireOption(
    isCount(emaOverwriteFrequency, 1),
    'emaOverwriteFrequency',
    emaOverwriteFrequency,
    'an integer of at least 1',
  );
}

/** Whether weight decay leaves a parameter alone. */
export function isExcluded(name: string | undefined, parts: readonly string[]): boolean {
  return name !== undefined && parts.some((part) => name.includes(part));
}
