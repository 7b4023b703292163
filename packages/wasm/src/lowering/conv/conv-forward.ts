import type { ValueId } from '@gradus/tensor/backend';
import type { FunctionRef, Local } from '../../assembler/index.js';
import type { Features } from '../../features.js';
import { edgeTile, tileSize } from '../../kernels/matmul-library.js';
import type { KernelContext } from '../../program/kernel-plan.js';
import { kernelSignature } from '../../program/kernel-plan.js';
import { emitPaddedCopy, emitWindowTable } from './conv-emitter.js';
import { imagesTogether } from './conv-geometry.js';
import type { ConvGeometry } from './conv-geometry.js';
import { emitHeights, emitRowStart, epilogueFunctions } from '../matmul/matmul-blocked.js';
import type { MatmulTail } from '../matmul/matmul-blocked.js';
import { MatmulEmitter, emitPanels } from '../matmul/matmul-emitter.js';
import { emitPackBlock, packedSource } from '../matmul/matmul-packing.js';
import { panelsOf, rowTilesOf } from '../matmul/matmul-panels.js';
import type { Panels, RowTiles } from '../matmul/matmul-panels.js';
import type { Operand } from '../matmul/matmul-problem.js';
import { partsOf } from '../scratch-parts.js';
import { emitTileTables } from '../matmul/matmul-tables.js';

/** Fewer windows than this are taken together with those of the next images. */
const FEW_WINDOWS = 24;
/** Numbers of a window that are multiplied before the next ones: their share of the kernel stays in the cache. */
const LONGEST_BLOCK = 1024;

/** A convolution forwards: windows of images times a matrix, without writing the windows. */
export interface ConvForward {
  readonly geometry: ConvGeometry;
  readonly image: ValueId;
  /** The kernel, and how many columns of it each group has. */
  readonly y: Operand;
  readonly n: number;
  readonly images: number;
  readonly tiles: RowTiles;
  readonly panels: Panels;
  /** Runs of a window in one block, and how many blocks there are. */
  readonly runsPerBlock: number;
  readonly blocks: number;
  readonly units: number;
  readonly scratch: Record<
    | 'zRows'
    | 'noRows'
    | 'tileRows'
    | 'windows'
    | 'runSteps'
    | 'runStarts'
    | 'panelSteps'
    | 'start'
    | 'tile'
    | 'packed'
    | 'images'
    | 'bytes',
    number
  >;
}

/** Decides how a convolution is cut. `n` counts the columns of each group. */
export function planConvForward(
  features: Features,
  geometry: ConvGeometry,
  image: ValueId,
  y: Operand,
  n: number,
): ConvForward {
  const { batch, groups, windows, run, runStarts, isPadded, extentBytes } = geometry;
  const largest = tileSize(features);
  const images = imagesTogether(geometry, FEW_WINDOWS);
  const tiles = rowTilesOf(images * windows, largest.rows);
  const panels = panelsOf(n, largest.columns);
  const most = Math.max(1, Math.floor(LONGEST_BLOCK / run));
  const blocks = Math.ceil(runStarts.length / most);
  const runsPerBlock = Math.ceil(runStarts.length / blocks);
  return {
    geometry,
    image,
    y,
    n,
    images,
    tiles,
    panels,
    runsPerBlock,
    blocks: Math.ceil(runStarts.length / runsPerBlock),
    units: (batch / images) * tiles.tiles,
    scratch: partsOf({
      zRows: edgeTile.tableBytes,
      noRows: edgeTile.tableBytes,
      tileRows: edgeTile.tableBytes,
      windows: images * windows * 4,
      runSteps: runStarts.length * 4,
      runStarts: runStarts.length * 4,
      panelSteps: Math.max(1, panels.whole) * 4,
      // Tiles at the edge read whole panels.
      start: (n + edgeTile.columns) * 4,
      tile: edgeTile.bytes,
      packed: groups * blocks * runsPerBlock * run * panels.padded * 4,
      images: isPadded ? images * extentBytes : 0,
    }),
  };
}

/** Writes a kernel for a convolution: the kernel is packed once for all images of its units. */
export function emitConvForward(
  context: KernelContext,
  plan: ConvForward,
  z: ValueId,
  tail: MatmulTail,
): FunctionRef {
  const { geometry, image, y, n, images, tiles, panels, runsPerBlock, blocks, scratch } = plan;
  const { groups, perGroup, windows, run, runStarts, isPadded } = geometry;
  const { imageBytes, extentBytes } = geometry;
  const filters = n * groups;
  const f = context.module.function(kernelSignature);
  const e = new MatmulEmitter(context, f);
  const [begin, end, base] = f.params as [Local, Local, Local];
  const part = (offset: number): Local => e.sum(base, [1, offset]);
  const rows = images * windows;
  const blockK = runsPerBlock * run;

  const [zRows, noRows, tileRows, panelSteps] = [
    part(scratch.zRows),
    part(scratch.noRows),
    part(scratch.tileRows),
    part(scratch.panelSteps),
  ];
  emitTileTables(e, { zRows, noRows, tileRows, panelSteps }, filters * 4, panels);
  const [table, runSteps, starts] = [
    part(scratch.windows),
    part(scratch.runSteps),
    part(scratch.runStarts),
  ];
  emitWindowTable(e, geometry, images, table);
  runStarts.forEach((start, i) => {
    const next = runStarts[i + 1] ?? start + run * 4;
    f.get(runSteps)
      .i32(next - start - run * 4)
      .memory('i32.store', i * 4);
    f.get(starts)
      .i32(start)
      .memory('i32.store', i * 4);
  });
  const start = e.startRow(tail.bias, part(scratch.start), n);
  const hasRow = tail.bias !== undefined && !tail.bias.isNumber;
  const padded = part(scratch.images);
  if (isPadded)
    f.get(padded)
      .i32(0)
      .i32(images * extentBytes)
      .memoryFill();

  // The kernel is packed once for all images.
  const packed = part(scratch.packed);
  const packedGroup = blocks * blockK * panels.padded * 4;
  const packing = f.local('i32');
  f.for(packing, 0, groups, 1, () => {
    for (let block = 0; block < blocks; block++) {
      const from = block * blockK;
      emitPackBlock(e, y, panels, true, {
        k: Math.min(blockK, runStarts.length * run - from),
        whole: panels.whole,
        y: e.sum(context.address(y.value) + from * (y.transposed ? 4 : y.step * 4), [
          packing,
          n * (y.transposed ? y.step * 4 : 4),
        ]),
        to: e.sum(packed, [packing, packedGroup], [from, panels.padded * 4]),
        blockK,
        hasTails: (body) => body(),
      });
    }
  });

  const unit = f.local('i32');
  f.for(unit, begin, end, 0, () => {
    const group = f.local('i32');
    f.get(unit).i32(tiles.tiles).op('i32.div_u').set(group);
    const first = e.sum(unit, [group, -tiles.tiles]);
    const next = e.min(tiles.tiles, () => e.pushSum(first, [end, 1], [unit, -1]));
    const source = e.sum(context.address(image), [group, images * imageBytes]);
    if (isPadded) emitPaddedCopy(e, geometry, images, source, padded);
    const zImage = e.sum(context.address(z), [group, rows * filters * 4]);
    const block = f.local('i32');
    const channelGroup = f.local('i32');
    const eachBlock = (): void => {
      const runsBefore = e.sum(0, [block, runsPerBlock]);
      const runs = e.min(runsPerBlock, () => e.pushSum(runStarts.length, [runsBefore, -1]));
      const x = e.sum(isPadded ? padded : source, [channelGroup, perGroup * 4]);
      f.get(x);
      e.pushSum(starts, [runsBefore, 4]);
      f.memory('i32.load').op('i32.add').set(x);
      const steps = e.sum(runSteps, [runsBefore, 4]);
      const yBlock = e.sum(
        packed,
        [channelGroup, packedGroup],
        [block, blockK * panels.padded * 4],
      );
      const startHere = e.sum(start, [channelGroup, hasRow ? n * 4 : 0]);
      const t = f.local('i32');
      f.for(t, first, next, 1, () => {
        const row = emitRowStart(e, t, tiles);
        const zTile = e.sum(zImage, [row, filters * 4], [channelGroup, n * 4]);
        const from = e.select(() => f.get(block), zTile, startHere);
        const fromRows = e.select(() => f.get(block), zRows, noRows);
        const xRows = e.sum(table, [row, 4]);
        emitHeights(e, t, tiles, (height) =>
          emitPanels(
            e,
            {
              order: 'rows',
              rows: height,
              runs,
              run,
              runSteps: steps,
              x,
              xRows,
              z: zTile,
              zRows,
              start: from,
              startRows: fromRows,
              panelSteps,
            },
            panels,
            packedSource(e, panels, yBlock, blockK),
            { tile: part(scratch.tile), tileRows },
            (body) => body(),
          ),
        );
        const { epilogue, mask } = tail;
        if (epilogue === undefined) return;
        // All groups of a row are there when the last one is.
        f.get(block)
          .i32(blocks - 1)
          .op('i32.eq');
        f.get(channelGroup)
          .i32(groups - 1)
          .op('i32.eq')
          .op('i32.and');
        f.if(() => {
          const zRow = e.sum(zImage, [row, filters * 4]);
          const maskTile =
            mask === undefined
              ? zRow
              : e.sum(context.address(mask), [group, rows * filters], [row, filters]);
          emitHeights(e, t, tiles, (height) =>
            e.call(epilogueFunctions[epilogue], zRow, maskTile, height * filters),
          );
        });
      });
    };
    f.for(block, 0, blocks, 1, () => f.for(channelGroup, 0, groups, 1, eachBlock));
    e.assign(unit, unit, [next, 1], [first, -1]);
  });
  return f.ref;
}
