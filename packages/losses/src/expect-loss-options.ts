import { NameError, Tensor, ValueError, nearestName } from '@gradus/tensor';
import type { LossDefinition, Reduction } from './loss.js';

const reductions: Readonly<Record<Reduction, true>> = {
  sumOverBatchSize: true,
  mean: true,
  sum: true,
  none: true,
  meanWithSampleWeight: true,
};

/**
 * Refuses options that the loss does not read: with `from_logits` in the place of `fromLogits` a model would train on
 * another loss than the one that was meant.
 *
 * @throws NameError with the nearest name; ValueError for an unknown reduction, or for options that are no object.
 */
export function expectLossOptions({ name, options = {}, config = {} }: LossDefinition): void {
  const known = ['name', 'reduction', ...Object.keys(config)];
  // compile was given the factory as if it were a function of target and prediction.
  if (options instanceof Tensor)
    throw new ValueError('loss/options', `${name} makes a loss and was not called.`, {
      got: 'a tensor in the place of options',
      expected: 'options, or nothing',
      fix: `loss: ${name}()`,
    });
  if (typeof options !== 'object' || options === null)
    throw new ValueError('loss/options', `${name} takes its options by name, in one object.`, {
      got: String(options),
      expected: `an object with ${known.join(', ')}`,
      fix: `${name}({ reduction: 'sum' })`,
    });
  for (const option of Object.keys(options)) {
    if (known.includes(option)) continue;
    const nearest = nearestName(option, known);
    throw new NameError('loss/unknown-option', `${name} has no option '${option}'.`, {
      got: `'${option}'`,
      expected: [...known].sort().join(', '),
      fix: nearest === undefined ? 'use one of the options above' : `did you mean '${nearest}'?`,
    });
  }
  const { reduction } = options;
  if (reduction === undefined || Object.hasOwn(reductions, reduction)) return;
  throw new ValueError('loss/reduction', `${name}: there is no such reduction.`, {
    got: `'${String(reduction)}'`,
    expected: Object.keys(reductions).join(', '),
    fix: "leave reduction out for 'sumOverBatchSize'",
  });
}
