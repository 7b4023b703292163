import type { Shape } from '@gradus/tensor';

/** Parameters of `unfold` and `fold`, as the tensor package gives them. */
export interface WindowParams {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** A row of neighbouring positions whose windows see the same taps along one axis: those inside of the data. */
export interface PositionRange {
  readonly from: number;
  readonly to: number;
  readonly taps: readonly number[];
}

/** Windows over `[batch, ...spatial, channels]`: where they begin and what they reach. */
export interface WindowGeometry {
  readonly batch: number;
  readonly spatial: Shape;
  readonly channels: number;
  readonly params: WindowParams;
  /** How many windows there are along each axis. */
  readonly positions: readonly number[];
  /** How many elements a window has, with those outside of the data. */
  readonly taps: number;
  /** For each axis: the positions, by what they see. */
  readonly ranges: readonly (readonly PositionRange[])[];
  /** Whether an element may lie in several windows. */
  readonly overlap: boolean;
  /** Whether every element lies in some window. */
  readonly cover: boolean;
}

/** @param shape of the data: [batch, ...spatial, channels]. */
export function windowGeometry(shape: Shape, params: WindowParams): WindowGeometry {
  const spatial = shape.slice(1, -1);
  const { kernel, strides, dilations, low, high } = params;
  const positions = spatial.map((length, axis) => {
    const reach = ((kernel[axis] as number) - 1) * (dilations[axis] as number) + 1;
    const room = length + (low[axis] as number) + (high[axis] as number) - reach;
    return room < 0 ? 0 : Math.floor(room / (strides[axis] as number)) + 1;
  });
  let [overlap, cover] = [false, true];
  const ranges = spatial.map((length, axis) => {
    const seen = new Int32Array(length);
    const result: { from: number; to: number; taps: number[] }[] = [];
    for (let position = 0; position < (positions[axis] as number); position++) {
      const start = position * (strides[axis] as number) - (low[axis] as number);
      const taps: number[] = [];
      for (let k = 0; k < (kernel[axis] as number); k++) {
        const at = start + k * (dilations[axis] as number);
        if (at < 0 || at >= length) continue;
        taps.push(k);
        (seen[at] as number)++;
      }
      const last = result.at(-1);
      if (last !== undefined && last.taps.join() === taps.join()) last.to = position + 1;
      else result.push({ from: position, to: position + 1, taps });
    }
    if (seen.some((count) => count > 1)) overlap = true;
    if (seen.some((count) => count === 0)) cover = false;
    return result;
  });
  return {
    batch: shape[0] as number,
    spatial,
    channels: shape.at(-1) as number,
    params,
    positions,
    taps: kernel.reduce((product, length) => product * length, 1),
    ranges,
    overlap,
    cover,
  };
}

/** How many taps are written out when each combination of ranges gets code of its own. */
export function codeSize({ ranges }: WindowGeometry): number {
  return ranges.reduce(
    (size, list) => size * list.reduce((sum, { taps }) => sum + Math.max(taps.length, 1), 0),
    1,
  );
}
