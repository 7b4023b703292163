import { NameError } from '@gradus/tensor';

const adapters = ['loraRank', 'loraAlpha', 'quantizationConfig', 'gptqUnpackedColumnSize'];

/**
 * Refuses options by which Keras lets a layer learn or store less: low-rank adapters and quantization.
 *
 * @throws NameError that names the option.
 */
export function expectNoAdapters(label: string, options: object): void {
  const given = Object.entries(options).find(
    ([option, value]) => adapters.includes(option) && value !== null && value !== undefined,
  );
  if (given === undefined) return;
  const [option] = given;
  throw new NameError('layer/unsupported', `${label} has no low-rank adapters or quantization.`, {
    got: `'${option}'`,
    expected: 'a layer that learns all of its parameters, in float32',
    fix: `leave ${option} out`,
  });
}
