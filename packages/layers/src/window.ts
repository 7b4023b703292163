import { ShapeError, ValueError } from '@gradus/tensor';
import type { DataFormat } from './data-format.js';
import { expectInteger, formatSymbolic } from './layer-errors.js';
import type { SymbolicShape } from './symbolic.js';

/** One number for all axes of space, or one for each. */
export type PerAxisOption = number | readonly number[];

/** What happens at the border. */
export type WindowPadding = 'valid' | 'same' | 'causal';

/** How a window moves over the space of an image. */
export interface WindowConfig {
  readonly windowSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: WindowPadding;
  readonly dilationRate?: readonly number[];
}

/**
 * One whole number of at least `least` (1) for each axis of space.
 *
 * @throws ValueError that names the layer and the option.
 */
export function lengthsPerAxis(
  label: string,
  option: string,
  value: PerAxisOption,
  rank: number,
  least = 1,
): readonly number[] {
  const lengths = typeof value === 'number' ? new Array<number>(rank).fill(value) : value;
  if (!Array.isArray(lengths) || lengths.length !== rank)
    throw new ValueError(
      'layer/option',
      `${label}: ${option} does not have one number for each axis of space.`,
      {
        got: `${option}: ${JSON.stringify(value)}`,
        expected: rank === 1 ? 'one whole number' : `one whole number, or ${rank}`,
        fix: `leave batch and channels out: ${option}: ${JSON.stringify(new Array<number>(rank).fill(2))}`,
      },
    );
  for (const length of lengths) expectInteger(label, option, length, least);
  return lengths;
}

/** The axes of an image as errors list them. */
export function spaceAxes(rank: number, format: DataFormat): readonly string[] {
  const space =
    rank === 1 ? ['steps'] : rank === 2 ? ['height', 'width'] : ['depth', 'height', 'width'];
  return format === 'channelsLast'
    ? ['batch', ...space, 'channels']
    : ['batch', 'channels', ...space];
}

/** Lengths of the space that comes out; the shape that comes in has channels last. */
export function windowShape(shape: SymbolicShape, config: WindowConfig): (number | null)[] {
  return config.windowSize.map((size, axis) => {
    const length = shape[axis + 1] ?? null;
    if (length === null) return null;
    const stride = config.strides[axis] ?? 1;
    if (config.padding !== 'valid') return Math.ceil(length / stride);
    const reach = (config.dilationRate?.[axis] ?? 1) * (size - 1) + 1;
    return Math.floor((length - reach) / stride) + 1;
  });
}

/**
 * Checks that at least one window fits into the image, whose shape has channels last.
 *
 * @throws ShapeError that names the layer.
 */
export function expectWindowFits(label: string, shape: SymbolicShape, config: WindowConfig): void {
  if (windowShape(shape, config).every((length) => length === null || length > 0)) return;
  const reach = config.windowSize.map(
    (size, axis) => (config.dilationRate?.[axis] ?? 1) * (size - 1) + 1,
  );
  throw new ShapeError('layer/window', `${label}: its window is larger than the input.`, {
    got: `${formatSymbolic(shape.slice(1, -1))} for a window that reaches over [${reach.join(', ')}]`,
    expected: 'an input at least as large as the window',
    fix: "use padding: 'same', a smaller window, or fewer pooling layers before it",
  });
}
