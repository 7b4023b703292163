import type { FunctionBuilder, Local } from '../../assembler/index.js';
import { sizeOf } from '../access.js';
import type { PositionRange, WindowGeometry } from './geometry.js';

/** One element of a window. */
export interface Tap {
  /** Its number in the window, row-major. */
  readonly index: number;
  /** Bytes from `Window.at`. */
  readonly offset: number;
}

/** A window while code for it is written: all windows that see the same taps share the code. */
export interface Window {
  /** Byte offset of its first tap in `[batch, ...spatial, channels]`. */
  readonly at: Local;
  /** Its number, in the order of `[batch, ...positions]`. */
  readonly number: Local;
  /** The taps inside of the data. */
  readonly taps: readonly Tap[];
  /** How many lie outside. */
  readonly missing: number;
}

/** How the units of a kernel over windows are counted: images, or rows of windows of an image. */
export type WindowUnits = 'images' | 'rows';

/** How many units there are. */
export function unitsOf({ batch, positions }: WindowGeometry, units: WindowUnits): number {
  return units === 'images' ? batch : batch * (positions[0] as number);
}

/**
 * Writes loops over all windows of units `begin` to `end`. `image` runs before the windows of an image, with its byte
 * offset (only when units are images).
 */
export function walkWindows(
  f: FunctionBuilder,
  geometry: WindowGeometry,
  units: WindowUnits,
  visit: (window: Window) => void,
  image: (at: Local) => void = () => {},
): void {
  const { batch, spatial, channels, positions, params } = geometry;
  if (batch === 0 || channels === 0) return;
  const [begin, end] = [f.param(0), f.param(1)];
  const unit = f.local('i32');
  const at = f.local('i32');
  const number = f.local('i32');
  const pixel = channels * 4;
  const imageBytes = sizeOf(spatial) * pixel;
  const rowBytes = (axis: number): number => sizeOf(spatial.slice(axis + 1)) * pixel;
  const perPosition = (axis: number): number => sizeOf(positions.slice(axis + 1));
  const index = positions.map(() => f.local('i32'));
  const origin = f.local('i32');

  const innermost = (chosen: readonly PositionRange[]): void => {
    // Byte offset of the first tap, and the number of the window.
    const start = chosen.reduce(
      (sum, { taps }, axis) =>
        sum +
        ((taps[0] ?? 0) * (params.dilations[axis] as number) - (params.low[axis] as number)) *
          rowBytes(axis),
      0,
    );
    f.get(origin).i32(start).op('i32.add');
    index.forEach((local, axis) =>
      f
        .get(local)
        .i32((params.strides[axis] as number) * rowBytes(axis))
        .op('i32.mul')
        .op('i32.add'),
    );
    f.set(at);
    f.get(unit);
    if (units === 'images') f.i32(perPosition(-1)).op('i32.mul');
    else f.i32(perPosition(0)).op('i32.mul');
    index.forEach((local, axis) => {
      if (units === 'rows' && axis === 0) return;
      f.get(local).i32(perPosition(axis)).op('i32.mul').op('i32.add');
    });
    f.set(number);
    let taps: Tap[] = [{ index: 0, offset: 0 }];
    chosen.forEach((range, axis) => {
      const first = range.taps[0] ?? 0;
      taps = taps.flatMap((tap) =>
        range.taps.map((k) => ({
          index: tap.index * (params.kernel[axis] as number) + k,
          offset: tap.offset + (k - first) * (params.dilations[axis] as number) * rowBytes(axis),
        })),
      );
    });
    visit({ at, number, taps, missing: geometry.taps - taps.length });
  };
  const nest = (axis: number, chosen: readonly PositionRange[]): void => {
    if (axis === positions.length) {
      innermost(chosen);
      return;
    }
    const local = index[axis] as Local;
    for (const range of geometry.ranges[axis] as readonly PositionRange[]) {
      const inner = (): void => nest(axis + 1, [...chosen, range]);
      if (units === 'rows' && axis === 0)
        f.get(local)
          .i32(range.from)
          .op('i32.sub')
          .i32(range.to - range.from)
          .op('i32.lt_u')
          .if(inner);
      else f.for(local, range.from, range.to, 1, inner);
    }
  };
  f.for(unit, begin, end, 1, () => {
    f.get(unit);
    if (units === 'rows') {
      const rows = positions[0] as number;
      f.i32(rows)
        .op('i32.rem_u')
        .set(index[0] as Local);
      f.get(unit).i32(rows).op('i32.div_u');
    }
    f.i32(imageBytes).op('i32.mul').set(origin);
    if (units === 'images') image(origin);
    nest(0, []);
  });
}
