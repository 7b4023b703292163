import type { FunctionBuilder, Local } from '../../assembler/index.js';
import { sizeOf } from '../access.js';
import type { WindowGeometry } from './geometry.js';
import type { WindowUnits } from './walk.js';

/** One element of one window, found while the kernel runs. */
export interface FoundTap {
  /** Byte offset in `[batch, ...spatial, channels]`. */
  readonly at: Local;
  /** Its number among all elements of all windows. */
  readonly number: Local;
}

/**
 * Writes loops over the elements of all windows, with a test whether each lies inside of the data. Slower than
 * `walkWindows`, and small for any geometry: for windows of which hardly two have the same elements inside.
 */
export function walkTaps(
  f: FunctionBuilder,
  geometry: WindowGeometry,
  units: WindowUnits,
  visit: (tap: FoundTap) => void,
  image: (at: Local) => void = () => {},
): void {
  const { batch, spatial, channels, positions, params, taps } = geometry;
  if (batch === 0 || channels === 0) return;
  const unit = f.local('i32');
  const pixel = channels * 4;
  const rowBytes = spatial.map((_, axis) => sizeOf(spatial.slice(axis + 1)) * pixel);
  const position = positions.map(() => f.local('i32'));
  const tap = positions.map(() => f.local('i32'));
  const place = positions.map(() => f.local('i32'));
  const [origin, at, number] = [f.local('i32'), f.local('i32'), f.local('i32')];
  const windows = sizeOf(positions);

  const found = (): void => {
    f.get(origin);
    place.forEach((local, axis) =>
      f
        .get(local)
        .i32(rowBytes[axis] as number)
        .op('i32.mul')
        .op('i32.add'),
    );
    f.set(at);
    // The number of the image, then of the window in it, then of the tap in that.
    f.get(unit);
    if (units === 'rows')
      f.i32(positions[0] as number)
        .op('i32.div_u')
        .i32(windows * taps)
        .op('i32.mul');
    else f.i32(windows * taps).op('i32.mul');
    position.forEach((local, axis) =>
      f
        .get(local)
        .i32(sizeOf(positions.slice(axis + 1)) * taps)
        .op('i32.mul')
        .op('i32.add'),
    );
    tap.forEach((local, axis) =>
      f
        .get(local)
        .i32(sizeOf(params.kernel.slice(axis + 1)))
        .op('i32.mul')
        .op('i32.add'),
    );
    f.set(number);
    visit({ at, number });
  };
  const overTaps = (axis: number): void => {
    if (axis === positions.length) {
      found();
      return;
    }
    f.for(tap[axis] as Local, 0, params.kernel[axis] as number, 1, () => {
      f.get(position[axis] as Local)
        .i32(params.strides[axis] as number)
        .op('i32.mul');
      f.get(tap[axis] as Local)
        .i32(params.dilations[axis] as number)
        .op('i32.mul')
        .op('i32.add');
      f.i32(params.low[axis] as number)
        .op('i32.sub')
        .tee(place[axis] as Local);
      f.i32(spatial[axis] as number)
        .op('i32.lt_u')
        .if(() => overTaps(axis + 1));
    });
  };
  const overPositions = (axis: number): void => {
    if (axis === positions.length) overTaps(0);
    else
      f.for(position[axis] as Local, 0, positions[axis] as number, 1, () =>
        overPositions(axis + 1),
      );
  };
  const imageBytes = sizeOf(spatial) * pixel;
  f.for(unit, f.param(0), f.param(1), 1, () => {
    f.get(unit);
    if (units === 'rows') {
      f.i32(positions[0] as number)
        .op('i32.rem_u')
        .set(position[0] as Local);
      f.get(unit)
        .i32(positions[0] as number)
        .op('i32.div_u');
    }
    f.i32(imageBytes).op('i32.mul').set(origin);
    if (units === 'images') image(origin);
    overPositions(units === 'rows' ? 1 : 0);
  });
}
