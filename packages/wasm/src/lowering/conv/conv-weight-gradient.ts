import type { ValueId } from '@gradus/tensor/backend';
import type { FunctionRef, Local } from '../../assembler/index.js';
import type { Features } from '../../features.js';
import { edgeTile, tileSize } from '../../kernels/matmul-library.js';
import type { KernelContext } from '../../program/kernel-plan.js';
import { kernelSignature } from '../../program/kernel-plan.js';
import { emitPaddedCopy, emitWindowTable } from './conv-emitter.js';
import { imagesTogether } from './conv-geometry.js';
import type { ConvGeometry } from './conv-geometry.js';
import { emitHeights, emitRowStart } from '../matmul/matmul-blocked.js';
import { MatmulEmitter, emitPanels } from '../matmul/matmul-emitter.js';
import type { PanelSource } from '../matmul/matmul-emitter.js';
import { emitPackBlock, packedSource } from '../matmul/matmul-packing.js';
import { panelsOf, rowTilesOf } from '../matmul/matmul-panels.js';
import type { Panels, RowTiles } from '../matmul/matmul-panels.js';
import type { Operand } from '../matmul/matmul-problem.js';
import { partsOf } from '../scratch-parts.js';
import { emitTileTables } from '../matmul/matmul-tables.js';

/** Windows that are summed before the next ones: their share of the gradient stays in the cache. */
const WINDOWS_PER_BLOCK = 256;
/** Up to so many rows the gradient is read where it is: packing would cost more than it saves. */
const ROWS_WITHOUT_PACKING = 24;

/** The gradient of a convolution's kernel: windows of images, transposed, times the gradient of the result. */
export interface ConvWeightGradient {
  readonly geometry: ConvGeometry;
  readonly image: ValueId;
  readonly gradient: Operand;
  /** Columns of each group. */
  readonly n: number;
  readonly blockN: number;
  readonly images: number;
  /** Tiles of the numbers of one run of a window, and of all. */
  readonly runTiles: RowTiles;
  readonly tiles: number;
  readonly panels: Panels;
  readonly packs: boolean;
  /** Rows of windows (along the last axis) in one block, and how many blocks the images together have. */
  readonly rowsPerBlock: number;
  readonly rows: number;
  /** Blocks of columns of each group. */
  readonly cuts: number;
  readonly units: number;
  readonly scratch: Record<
    | 'zRows'
    | 'noRows'
    | 'tileRows'
    | 'panelSteps'
    | 'rowStarts'
    | 'rowSteps'
    | 'runStarts'
    | 'start'
    | 'tile'
    | 'packed'
    | 'images'
    | 'bytes',
    number
  >;
}

/** Decides how the product is cut. `n` counts the columns of each group. */
export function planConvWeightGradient(
  features: Features,
  geometry: ConvGeometry,
  image: ValueId,
  gradient: Operand,
  n: number,
): ConvWeightGradient {
  const { windows, positions, run, runStarts, isPadded, extentBytes } = geometry;
  const largest = tileSize(features);
  const images = imagesTogether(geometry, WINDOWS_PER_BLOCK / 2);
  const width = positions.at(-1) as number;
  const rows = (images * windows) / width;
  const most = Math.max(1, Math.floor(WINDOWS_PER_BLOCK / width));
  const rowsPerBlock = Math.ceil(rows / Math.ceil(rows / most));
  const runTiles = rowTilesOf(run, largest.rows);
  const tiles = runTiles.tiles * runStarts.length;
  // Few tiles: cut the columns too, so that there is something to share out.
  const wholes = n / largest.columns;
  let cuts = Number.isInteger(wholes) ? Math.min(wholes, Math.ceil(8 / tiles)) : 1;
  while (wholes % cuts !== 0 && cuts > 1) cuts--;
  const blockN = n / cuts;
  const panels = panelsOf(blockN, largest.columns);
  const packs = run * runStarts.length > ROWS_WITHOUT_PACKING || panels.padded > blockN;
  return {
    geometry,
    image,
    gradient,
    n,
    blockN,
    images,
    runTiles,
    tiles,
    panels,
    packs,
    rowsPerBlock,
    rows,
    cuts,
    units: geometry.groups * tiles * cuts,
    scratch: partsOf({
      zRows: edgeTile.tableBytes,
      noRows: edgeTile.tableBytes,
      tileRows: edgeTile.tableBytes,
      panelSteps: Math.max(1, panels.whole) * 4,
      rowStarts: rows * 4 + 4,
      rowSteps: rows * 4,
      runStarts: runStarts.length * 4,
      // Tiles at the edge read whole panels.
      start: (n + edgeTile.columns) * 4,
      tile: edgeTile.bytes,
      packed: packs ? rowsPerBlock * width * panels.padded * 4 : 0,
      images: isPadded ? images * extentBytes : 0,
    }),
  };
}

/** Writes the kernel. A unit is a tile of the result that goes through all images, so every sum has one order. */
export function emitConvWeightGradient(
  context: KernelContext,
  plan: ConvWeightGradient,
  z: ValueId,
): FunctionRef {
  const { geometry, image, gradient, n, blockN, images, runTiles, tiles, panels } = plan;
  const { packs, rowsPerBlock, rows, cuts, scratch } = plan;
  const { batch, groups, perGroup, positions, positionBytes, run, runStarts, isPadded } = geometry;
  const { imageBytes, extentBytes } = geometry;
  const filters = n * groups;
  const f = context.module.function(kernelSignature);
  const e = new MatmulEmitter(context, f);
  const [begin, end, base] = f.params as [Local, Local, Local];
  const part = (offset: number): Local => e.sum(base, [1, offset]);
  const width = positions.at(-1) as number;
  const step = positionBytes.at(-1) as number;
  const blockK = rowsPerBlock * width;

  const [zRows, noRows, tileRows, panelSteps] = [
    part(scratch.zRows),
    part(scratch.noRows),
    part(scratch.tileRows),
    part(scratch.panelSteps),
  ];
  emitTileTables(e, { zRows, noRows, tileRows, panelSteps }, filters * 4, panels);
  const [rowStarts, rowSteps, starts] = [
    part(scratch.rowStarts),
    part(scratch.rowSteps),
    part(scratch.runStarts),
  ];
  emitWindowTable(e, geometry, images, rowStarts, true);
  // From the end of a row of windows to the start of the next; what follows the last one is never used.
  const index = f.local('i32');
  f.for(index, 0, rows, 1, () => {
    const here = e.sum(rowStarts, [index, 4]);
    e.pushSum(rowSteps, [index, 4]);
    f.get(here).memory('i32.load', 4).get(here).memory('i32.load').op('i32.sub');
    f.i32(width * step)
      .op('i32.sub')
      .memory('i32.store');
  });
  runStarts.forEach((at, i) =>
    f
      .get(starts)
      .i32(at)
      .memory('i32.store', i * 4),
  );
  const zeros = e.startRow(undefined, part(scratch.start), blockN);
  const padded = part(scratch.images);
  if (isPadded)
    f.get(padded)
      .i32(0)
      .i32(images * extentBytes)
      .memoryFill();
  const packed = part(scratch.packed);
  const gradientStep = gradient.step * 4;

  const unit = f.local('i32');
  f.for(unit, begin, end, 0, () => {
    // Blocks of columns, those of the first group first.
    const column = f.local('i32');
    const ofGroup = f.local('i32');
    f.get(unit).i32(tiles).op('i32.div_u').set(column);
    f.get(column).i32(cuts).op('i32.div_u').set(ofGroup);
    const first = e.sum(unit, [column, -tiles]);
    const next = e.min(tiles, () => e.pushSum(first, [end, 1], [unit, -1]));
    const group = f.local('i32');
    f.for(group, 0, batch / images, 1, () => {
      const source = e.sum(context.address(image), [group, images * imageBytes]);
      if (isPadded) emitPaddedCopy(e, geometry, images, source, padded);
      const row = f.local('i32');
      f.for(row, 0, rows, rowsPerBlock, () => {
        const runs = e.min(rowsPerBlock, () => e.pushSum(rows, [row, -1]));
        const yBlock = e.sum(
          context.address(gradient.value),
          [column, blockN * 4],
          [group, rows * width * gradientStep],
          [row, width * gradientStep],
        );
        if (packs)
          emitPackBlock(e, gradient, panels, true, {
            k: () => e.pushSum(0, [runs, width]),
            whole: panels.whole,
            y: yBlock,
            to: packed,
            blockK,
            hasTails: (body) => body(),
          });
        const inPlace: PanelSource = {
          y: yBlock,
          yStep: gradientStep,
          yPanel: panels.columns * 4,
          whole: panels.whole,
          tail: (panel) => ({ y: e.sum(yBlock, [1, panel.at * 4]), yStep: gradientStep }),
        };
        const xBlock = e.sum(isPadded ? padded : source, [ofGroup, perGroup * 4]);
        f.get(xBlock);
        e.pushSum(rowStarts, [row, 4]);
        f.memory('i32.load').op('i32.add').set(xBlock);
        const steps = e.sum(rowSteps, [row, 4]);
        const isLater = (): void => {
          f.get(group).get(row).op('i32.or');
        };
        const t = f.local('i32');
        f.for(t, first, next, 1, () => {
          const ofRun = f.local('i32');
          f.get(t).i32(runTiles.tiles).op('i32.div_u').set(ofRun);
          const inRun = e.sum(t, [ofRun, -runTiles.tiles]);
          const number = emitRowStart(e, inRun, runTiles);
          const x = e.sum(xBlock, [number, 4]);
          f.get(x);
          e.pushSum(starts, [ofRun, 4]);
          f.memory('i32.load').op('i32.add').set(x);
          const zTile = e.sum(
            context.address(z),
            [ofRun, run * filters * 4],
            [number, filters * 4],
            [column, blockN * 4],
          );
          const start = e.select(isLater, zTile, zeros);
          const startRows = e.select(isLater, zRows, noRows);
          emitHeights(e, inRun, runTiles, (height) =>
            emitPanels(
              e,
              {
                order: 'columns',
                rows: height,
                runs,
                run: width,
                runSteps: steps,
                x,
                xRows: step,
                z: zTile,
                zRows,
                start,
                startRows,
                panelSteps,
              },
              panels,
              packs ? packedSource(e, panels, packed, blockK) : inPlace,
              { tile: part(scratch.tile), tileRows },
              (body) => body(),
            ),
          );
        });
      });
    });
    e.assign(unit, unit, [next, 1], [first, -1]);
  });
  return f.ref;
}
