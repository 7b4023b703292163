import type { ValueId } from '@gradus/tensor/backend';
import type { FunctionRef, Local } from '../../assembler/index.js';
import type { Features } from '../../features.js';
import { edgeTile, tileSize } from '../../kernels/matmul-library.js';
import type { KernelContext } from '../../program/kernel-plan.js';
import { kernelSignature } from '../../program/kernel-plan.js';
import { emitPaddedCopy, emitWindowTable } from './conv-emitter.js';
import type { ConvGeometry } from './conv-geometry.js';
import { emitHeights, emitRowStart, epilogueFunctions } from '../matmul/matmul-blocked.js';
import type { MatmulTail } from '../matmul/matmul-blocked.js';
import { MatmulEmitter, emitPanels } from '../matmul/matmul-emitter.js';
import { emitPackBlock, packedSource } from '../matmul/matmul-packing.js';
import { panelsOf, rowTilesOf } from '../matmul/matmul-panels.js';
import type { Panels, RowTiles } from '../matmul/matmul-panels.js';
import type { Operand } from '../matmul/matmul-problem.js';
import { partsOf } from '../scratch-parts.js';

/** Filters that are multiplied before the next ones: their share of the kernel stays in the cache. */
const LONGEST_BLOCK = 1024;

/**
 * A product whose rows are windows that are added into images: the gradient of a convolution's input, and the transposed
 * convolution. Each tap of the kernel is a product of its own, whose tiles are added where the tap lies in the image: the
 * windows are never written.
 */
export interface ConvInputGradient {
  readonly geometry: ConvGeometry;
  readonly x: Operand;
  readonly y: Operand;
  /** Filters of each group. */
  readonly k: number;
  readonly tiles: RowTiles;
  readonly panels: Panels;
  readonly blockK: number;
  readonly blocks: number;
  readonly units: number;
  readonly scratch: Record<
    | 'xRows'
    | 'tileRows'
    | 'windows'
    | 'panelSteps'
    | 'tapStarts'
    | 'tile'
    | 'packed'
    | 'image'
    | 'bytes',
    number
  >;
}

/** Decides how the product is cut. `k` counts the filters of each group. */
export function planConvInputGradient(
  features: Features,
  geometry: ConvGeometry,
  x: Operand,
  y: Operand,
  k: number,
): ConvInputGradient {
  const { batch, groups, perGroup, windows, taps, isPadded, extentBytes } = geometry;
  const largest = tileSize(features);
  const tiles = rowTilesOf(windows, largest.rows);
  const panels = panelsOf(perGroup, largest.columns);
  const blocks = Math.ceil(k / LONGEST_BLOCK);
  const blockK = Math.ceil(k / blocks);
  return {
    geometry,
    x,
    y,
    k,
    tiles,
    panels,
    blockK,
    blocks,
    units: batch,
    scratch: partsOf({
      xRows: edgeTile.tableBytes,
      tileRows: edgeTile.tableBytes,
      windows: windows * 4,
      panelSteps: Math.max(1, panels.whole) * taps * 4,
      tapStarts: taps * 4,
      tile: edgeTile.bytes,
      packed: groups * blocks * taps * blockK * panels.padded * 4,
      image: isPadded ? extentBytes : 0,
    }),
  };
}

/** Writes the kernel. A unit is an image, because its windows overlap. */
export function emitConvInputGradient(
  context: KernelContext,
  plan: ConvInputGradient,
  z: ValueId,
  tail: MatmulTail,
): FunctionRef {
  const { geometry, x, y, k, tiles, panels, blockK, blocks, scratch } = plan;
  const { groups, perGroup, windows, taps, tapBytes, isPadded } = geometry;
  const { imageBytes, extentBytes } = geometry;
  const f = context.module.function(kernelSignature);
  const e = new MatmulEmitter(context, f);
  const [begin, end, base] = f.params as [Local, Local, Local];
  const part = (offset: number): Local => e.sum(base, [1, offset]);

  const [xRows, tileRows, table, panelSteps, starts] = [
    part(scratch.xRows),
    part(scratch.tileRows),
    part(scratch.windows),
    part(scratch.panelSteps),
    part(scratch.tapStarts),
  ];
  e.table(xRows, 0, edgeTile.rows, 0, x.step * 4);
  e.table(tileRows, 0, edgeTile.rows, 0, edgeTile.rowBytes);
  emitWindowTable(e, geometry, 1, table);
  const width = panels.columns * 4;
  tapBytes.forEach((start, tap) => {
    f.get(starts)
      .i32(start)
      .memory('i32.store', tap * 4);
    if (panels.whole === 0) return;
    // From panel to panel within a tap, and from its last panel to the next tap.
    e.table(panelSteps, tap * panels.whole * 4, panels.whole - 1, width, 0);
    const next = tapBytes[tap + 1] ?? start;
    f.get(panelSteps)
      .i32(next - start - (panels.whole - 1) * width)
      .memory('i32.store', ((tap + 1) * panels.whole - 1) * 4);
  });

  const packed = part(scratch.packed);
  const tapSize = blockK * panels.padded * 4;
  const tap = f.local('i32');
  const packing = f.local('i32');
  const packedGroup = blocks * taps * tapSize;
  const [yRow, yColumn] = y.transposed ? [y.step * 4, 4] : [4, y.step * 4];
  const packGroup = (): void => {
    for (let block = 0; block < blocks; block++)
      f.for(tap, 0, taps, 1, () =>
        emitPackBlock(e, y, panels, true, {
          k: Math.min(blockK, k - block * blockK),
          whole: panels.whole,
          y: e.sum(
            context.address(y.value) + block * blockK * yColumn,
            [tap, perGroup * yRow],
            [packing, k * yColumn],
          ),
          to: e.sum(packed, [packing, packedGroup], [tap, tapSize], [1, block * taps * tapSize]),
          blockK,
          hasTails: (body) => body(),
        }),
      );
  };
  f.for(packing, 0, groups, 1, packGroup);

  const isOneCall = panels.tails.length === 0;
  const padded = part(scratch.image);
  const unit = f.local('i32');
  f.for(unit, begin, end, 1, () => {
    const image = e.sum(context.address(z), [unit, imageBytes]);
    const target = isPadded ? padded : image;
    f.get(target)
      .i32(0)
      .i32(isPadded ? extentBytes : imageBytes)
      .memoryFill();
    const block = f.local('i32');
    const group = f.local('i32');
    const eachBlock = (): void => {
      const here = blocks === 1 ? k : e.min(blockK, () => e.pushSum(k, [block, -blockK]));
      const t = f.local('i32');
      f.for(t, 0, tiles.tiles, 1, () => {
        const row = emitRowStart(e, t, tiles);
        const xTile = e.sum(
          context.address(x.value),
          [unit, windows * x.step * 4],
          [row, x.step * 4],
          [block, blockK * 4],
          [group, k * 4],
        );
        const zRows = e.sum(table, [row, 4]);
        const addTap = (at: Local, whole: number, from: Local): void =>
          emitHeights(e, t, tiles, (height) =>
            emitPanels(
              e,
              {
                order: 'rows',
                rows: height,
                runs: 1,
                run: here,
                // One run: what is added after it does not matter, but it is read.
                runSteps: table,
                x: xTile,
                xRows,
                z: at,
                zRows,
                start: at,
                startRows: zRows,
                panelSteps,
              },
              panels,
              { ...packedSource(e, panels, from, blockK), whole },
              { tile: part(scratch.tile), tileRows },
              (body) => body(),
            ),
          );
        const blockStart = e.sum(packed, [group, packedGroup], [block, taps * tapSize]);
        const targetGroup = e.sum(target, [group, perGroup * 4]);
        if (isOneCall) {
          addTap(targetGroup, panels.whole * taps, blockStart);
          return;
        }
        const each = f.local('i32');
        f.for(each, 0, taps, 1, () => {
          const at = e.sum(targetGroup);
          f.get(at);
          e.pushSum(starts, [each, 4]);
          f.memory('i32.load').op('i32.add').set(at);
          addTap(at, panels.whole, e.sum(blockStart, [each, tapSize]));
        });
      });
    };
    f.for(group, 0, groups, 1, () => f.for(block, 0, blocks, 1, eachBlock));
    if (isPadded) emitPaddedCopy(e, geometry, 1, image, padded, true);
    const { epilogue, mask } = tail;
    if (epilogue === undefined) return;
    const size = imageBytes / 4;
    const maskImage = mask === undefined ? image : e.sum(context.address(mask), [unit, size]);
    e.call(epilogueFunctions[epilogue], image, maskImage, size);
  });
  return f.ref;
}
