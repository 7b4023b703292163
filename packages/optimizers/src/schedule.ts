import type { Tensor } from '@gradus/tensor';
import { ValueError } from '@gradus/tensor';

/**
 * A learning rate that follows the number of steps taken. It is made of tensor operations, so it is part of the compiled
 * training step: no program is built anew when the rate changes.
 */
export interface Schedule {
  /** From the step (int32 scalar, 0 for the first) to the learning rate (float32 scalar). */
  (step: Tensor): Tensor;
  /** Keras' class name, as in saved files. */
  readonly className: string;
  /** Plain JSON from which the schedule can be made again, in camelCase. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Compiled steps would carry a rate that is no number through training as NaN. */
function expectOption(className: string, option: string, value: unknown): void {
  const isLength = /^(first)?decaySteps$/i.test(option);
  const isNumber = /rate$|steps$/i.test(option);
  const isWrong = value === undefined || Number.isNaN(value);
  const isOut = isNumber && !Number.isFinite(value);
  if (!isWrong && !isOut && !(isLength && (value as number) <= 0)) return;
  const expected = isLength ? 'a number above 0' : 'a finite number';
  throw new ValueError('schedule/option', `${className}: ${option} is impossible.`, {
    got: `${option}: ${typeof value === 'string' ? `'${value}'` : String(value)}`,
    expected,
    fix: `give ${option} as ${expected}`,
  });
}

/**
 * Makes a schedule from its formula. The formula receives the step as a float32 scalar.
 *
 * @example
 * const halving = defineSchedule('Halving', {}, (step) => step.mul(-1).mul(Math.LN2).exp());
 */
export function defineSchedule(
  className: string,
  config: Readonly<Record<string, unknown>>,
  rate: (step: Tensor) => Tensor,
): Schedule {
  for (const [option, value] of Object.entries(config)) expectOption(className, option, value);
  return Object.assign((step: Tensor): Tensor => rate(step.cast('float32')), {
    className,
    config: Object.freeze({ ...config }),
  });
}
