import type {
  FactorOption,
  FactorRange,
  RandomImageConfig,
  RandomImageOptions,
} from './image-layer.js';
import { factorRange, resolveRandomImage } from './image-layer.js';
import type { ValueRange } from './value-range.js';
import { resolveValueRange } from './value-range.js';

/** Options of layers that change the colours of images by a factor. */
export interface RelightingOptions extends RandomImageOptions {
  /** How much; two numbers are the range from which it is drawn. */
  readonly factor: FactorOption;
  /** The numbers between which pixels lie. Default [0, 255]. */
  readonly valueRange?: ValueRange;
}

/** {@link RelightingOptions} with defaults filled in. */
export interface RelightingConfig extends RandomImageConfig {
  readonly factor: FactorRange;
  readonly valueRange: ValueRange;
}

/** Checks what these layers share; factors lie between `least` and `most`. */
export function resolveRelighting(
  label: string,
  options: RelightingOptions,
  least = -1,
  most = 1,
): RelightingConfig {
  const [low, high] = factorRange(label, 'factor', options.factor, least, most);
  return {
    ...resolveRandomImage(label, options),
    // Adding 0 turns -0 into 0, which a config must not hold.
    factor: [low + 0, high],
    valueRange: resolveValueRange(label, options.valueRange),
  };
}
