import type { ValueId } from '@gradus/tensor/backend';
import type { FunctionRef, Local } from '../../assembler/index.js';
import type { Features } from '../../features.js';
import { edgeTile, tileSize } from '../../kernels/matmul-library.js';
import type { Epilogue } from '../../kernels/matmul-epilogue.js';
import type { LibraryFunction } from '../../kernels/library.js';
import type { KernelContext } from '../../program/kernel-plan.js';
import { kernelSignature } from '../../program/kernel-plan.js';
import { sizeOf } from '../access.js';
import { MatmulEmitter, emitPanels } from './matmul-emitter.js';
import type { Bias } from './matmul-emitter.js';
import { panelsOf, rowTilesOf } from './matmul-panels.js';
import type { Panels, RowTiles } from './matmul-panels.js';
import { emitPackBlock } from './matmul-packing.js';
import type { MatmulProblem } from './matmul-problem.js';
import { partsOf } from '../scratch-parts.js';
import { emitTileTables } from './matmul-tables.js';

/** What is done to a product before it is written. */
export interface MatmulTail {
  readonly bias?: Bias;
  readonly epilogue?: Epilogue;
  /** Written by `reluMask`, read by `gate`. */
  readonly mask?: ValueId;
}

/** How a product is cut: k into blocks whose share of y stays in the cache, columns into blocks, rows into tiles. */
export interface Blocking {
  readonly tiles: RowTiles;
  readonly blockK: number;
  readonly blocksK: number;
  readonly blockN: number;
  readonly blocksN: number;
  /** All panels of one block of columns, with those that only the last block has. */
  readonly panels: Panels;
  readonly packs: boolean;
  /** Whether a tile's columns of x are copied, because the caches would keep only a few of them. */
  readonly packsX: boolean;
  readonly order: 'rows' | 'columns';
  readonly units: number;
  readonly scratchBytes: number;
}

/** Bytes of packed y that are meant to stay in the second cache while rows go by. */
const PACKED_NUMBERS = 131072;
/** Up to so many rows y is read where it is: packing it would cost more than it saves. */
const ROWS_WITHOUT_PACKING = 12;

/** Bytes from one k to the next where the columns of a tile's rows are copied: 6 numbers, in a half of a cache line. */
const PACKED_X_STEP = 32;

/** Rows of x this far apart (or a multiple) fall onto the same few lines of the first cache. */
const COLLIDING = 1024;

/** Decides how a product is cut, by its size and by the tiles of this engine. */
export function blockingOf(features: Features, problem: MatmulProblem): Blocking {
  const { m, n, k, x, y, batch } = problem;
  const largest = tileSize(features);
  const packs = y.transposed || m > ROWS_WITHOUT_PACKING;
  // A column of one row is a row.
  const order = x.transposed && !(m === 1 && x.step === 1) ? 'columns' : 'rows';
  let { columns } = largest;
  if (!packs && order === 'rows' && m <= 3) columns = m === 1 ? 32 : 16;
  const tiles = rowTilesOf(m, largest.rows);
  // Few tiles: narrower blocks of columns, so that there is something to share out.
  const wanted = Math.max(1, Math.ceil(8 / (tiles.tiles * sizeOf(batch))));
  const widest = Math.ceil(n / wanted / columns) * columns;
  const blockN = Math.min(widest, 512, Math.ceil(n / columns) * columns);
  const blocksN = Math.ceil(n / blockN);
  const longest = Math.min(1024, Math.max(256, Math.floor(PACKED_NUMBERS / blockN)));
  const blocksK = Math.ceil(k / longest);
  const blockK = Math.ceil(k / blocksK);
  const last = panelsOf(n - (blocksN - 1) * blockN, columns);
  const panels = blocksN === 1 ? last : { ...last, whole: blockN / columns, padded: blockN };
  const blocking = {
    tiles,
    blockK,
    blocksK,
    blockN,
    blocksN,
    panels,
    packs,
    packsX: order === 'columns' && (x.step * 4) % COLLIDING === 0 && n >= 4 * columns,
    order,
    units: sizeOf(batch) * blocksN * tiles.tiles,
  } as const;
  return { ...blocking, scratchBytes: layoutOf(blocking).bytes };
}

type ScratchPart =
  | 'xRows'
  | 'zRows'
  | 'noRows'
  | 'tileRows'
  | 'panelSteps'
  | 'start'
  | 'tile'
  | 'xPacked'
  | 'packed';

/** Where the parts of a thread's scratch memory are. */
function layoutOf({
  blockN,
  blockK,
  panels,
  packs,
  packsX,
}: Omit<Blocking, 'scratchBytes'>): Readonly<Record<ScratchPart | 'bytes', number>> {
  const tailColumns = panels.tails.reduce((sum, { columns }) => sum + columns, 0);
  // The tails of a last, narrower block lie behind where the panels of a whole block end.
  const packedColumns = packs ? panels.whole * panels.columns + tailColumns : tailColumns;
  return partsOf({
    xRows: edgeTile.tableBytes,
    zRows: edgeTile.tableBytes,
    noRows: edgeTile.tableBytes,
    tileRows: edgeTile.tableBytes,
    panelSteps: Math.max(1, panels.whole) * 4,
    // Tiles at the edge read whole panels.
    start: (blockN + edgeTile.columns) * 4,
    tile: edgeTile.bytes,
    xPacked: packsX ? blockK * PACKED_X_STEP : 0,
    packed: packedColumns * blockK * 4,
  });
}

/** Writes a kernel for a product of any size. */
export function emitBlocked(
  context: KernelContext,
  problem: MatmulProblem,
  blocking: Blocking,
  z: ValueId,
  tail: MatmulTail,
): FunctionRef {
  const { m, n, k, x, y } = problem;
  const { tiles, blockK, blocksK, blockN, blocksN, panels, packs, packsX, order } = blocking;
  const layout = layoutOf(blocking);
  const f = context.module.function(kernelSignature);
  const e = new MatmulEmitter(context, f);
  const [begin, end, scratch] = f.params as [Local, Local, Local];
  const at = (offset: number): Local => e.sum(scratch, [1, offset]);
  const width = panels.columns * 4;

  // Tables that do not change.
  const [xRows, zRows, noRows, tileRows, panelSteps, startRow, tile, xPacked, packed] = [
    at(layout.xRows),
    at(layout.zRows),
    at(layout.noRows),
    at(layout.tileRows),
    at(layout.panelSteps),
    at(layout.start),
    at(layout.tile),
    at(layout.xPacked),
    at(layout.packed),
  ];
  e.table(xRows, 0, edgeTile.rows, 0, x.step * 4);
  emitTileTables(e, { zRows, noRows, tileRows, panelSteps }, n * 4, panels);
  const { bias } = tail;
  const hasRow = bias !== undefined && !bias.isNumber;
  const startFirst = e.startRow(bias, startRow, blockN);

  const unit = f.local('i32');
  const group = f.local('i32');
  const column = f.local('i32');
  const first = f.local('i32');
  const next = f.local('i32');
  const [zBase, maskBase, start] = [0, 0, 0].map(() => f.local('i32')) as [Local, Local, Local];
  f.for(unit, begin, end, 0, () => {
    // The units of one block of columns of one matrix follow each other: y is packed once for all of them.
    f.get(unit).i32(tiles.tiles).op('i32.div_u').set(group);
    e.assign(first, unit, [group, -tiles.tiles]);
    e.assign(
      next,
      e.min(tiles.tiles, () => e.pushSum(first, [end, 1], [unit, -1])),
    );
    if (blocksN > 1) {
      f.get(group).i32(blocksN).op('i32.rem_u').set(column);
      f.get(group).i32(blocksN).op('i32.div_u').set(group);
    }
    const { xBase, yBase } = e.operandBases(problem, group);
    e.assign(zBase, context.address(z), [column, blockN * 4], [group, m * n * 4]);
    if (tail.mask !== undefined)
      e.assign(maskBase, context.address(tail.mask), [column, blockN], [group, m * n]);
    e.assign(start, startFirst, [column, hasRow ? blockN * 4 : 0]);
    const yColumn = y.transposed ? y.step * 4 : 4;
    e.assign(yBase, yBase, [column, blockN * yColumn]);

    const isLast = f.local('i32');
    const whole: number | Local = blocksN === 1 ? panels.whole : f.local('i32');
    if (typeof whole !== 'number') {
      f.get(column)
        .i32(blocksN - 1)
        .op('i32.eq')
        .set(isLast);
      const lastWhole = Math.floor((n - (blocksN - 1) * blockN) / panels.columns);
      f.i32(lastWhole).i32(panels.whole).get(isLast).op('select').set(whole);
    }
    const hasTails = (body: () => void): void => {
      if (blocksN === 1) body();
      else f.get(isLast).if(body);
    };

    const block = f.local('i32');
    const here = f.local('i32');
    const yBlock = f.local('i32');
    f.for(block, 0, k, blockK, () => {
      e.assign(here, blocksK === 1 ? k : e.min(blockK, () => e.pushSum(k, [block, -1])));
      const yStep = y.transposed ? 4 : y.step * 4;
      e.assign(yBlock, yBase, [block, yStep]);
      emitPackBlock(e, y, panels, packs, {
        k: here,
        whole,
        y: yBlock,
        to: packed,
        blockK,
        hasTails,
      });
      const t = f.local('i32');
      f.for(t, first, next, 1, () => {
        const row = emitRowStart(e, t, tiles);
        const xTile = e.sum(
          xBase,
          [block, order === 'columns' ? x.step * 4 : 4],
          [row, order === 'columns' ? 4 : x.step * 4],
        );
        if (packsX)
          emitHeights(e, t, tiles, (rows) =>
            e.call('matmulPackEdge', here, rows, xTile, x.step * 4, 4, xPacked, PACKED_X_STEP),
          );
        const zTile = e.sum(zBase, [row, n * 4]);
        // The first block of k starts from the bias, the others go on from what is there.
        const from = f.local('i32');
        const fromRows = f.local('i32');
        f.get(start).get(zTile).get(block).op('i32.eqz').op('select').set(from);
        f.get(noRows).get(zRows).get(block).op('i32.eqz').op('select').set(fromRows);
        const call = (rows: number): void =>
          emitPanels(
            e,
            {
              order,
              rows,
              runs: 1,
              run: here,
              // One run: what is added after it does not matter, but it is read.
              runSteps: noRows,
              x: packsX ? xPacked : xTile,
              xRows: order === 'rows' ? xRows : packsX ? PACKED_X_STEP : x.step * 4,
              z: zTile,
              zRows,
              start: from,
              startRows: fromRows,
              panelSteps,
            },
            panels,
            {
              y: packs ? packed : yBlock,
              yStep: packs ? width : yStep,
              yPanel: packs ? blockK * width : width,
              whole,
              tail: (panel, index) => {
                if (!packs && panel.used === panel.columns)
                  return { y: e.sum(yBlock, [1, panel.at * 4]), yStep };
                const before = packs ? panels.whole * panels.columns : 0;
                const skipped = panels.tails
                  .slice(0, index)
                  .reduce((sum, { columns }) => sum + columns, before);
                return { y: e.sum(packed, [1, skipped * blockK * 4]), yStep: panel.columns * 4 };
              },
            },
            { tile, tileRows },
            hasTails,
          );
        emitHeights(e, t, tiles, call);
        if (tail.epilogue === undefined) return;
        const last = (blocksK - 1) * blockK;
        f.get(block).i32(last).op('i32.eq');
        f.if(() => {
          const mask = e.sum(maskBase, [row, n]);
          emitHeights(e, t, tiles, (rows) => {
            const name = epilogueFunctions[tail.epilogue as Epilogue];
            if (blocksN === 1) {
              e.call(name, zTile, mask, rows * n);
              return;
            }
            const columns = e.sum(blockN);
            f.get(isLast).if(() => f.i32(n - (blocksN - 1) * blockN).set(columns));
            for (let i = 0; i < rows; i++)
              e.call(name, e.sum(zTile, [1, i * n * 4]), e.sum(mask, [1, i * n]), columns);
          });
        });
      });
    });
    e.assign(unit, unit, [next, 1], [first, -1]);
  });
  return f.ref;
}

/** The fixed kernels that do what follows a product. */
export const epilogueFunctions: Readonly<Record<Epilogue, LibraryFunction>> = {
  relu: 'matmulRelu',
  reluMask: 'matmulReluMask',
  gate: 'matmulGate',
};

/** The first row of tile `t`. */
export function emitRowStart(e: MatmulEmitter, t: Local, { rows, larger }: RowTiles): Local {
  if (larger === 0) return e.sum(0, [t, rows]);
  return e.sum(e.min(t, larger), [t, rows]);
}

/** `body` for the height that tile `t` has. */
export function emitHeights(
  e: MatmulEmitter,
  t: Local,
  { rows, larger }: RowTiles,
  body: (rows: number) => void,
): void {
  if (larger === 0) {
    body(rows);
    return;
  }
  e.f
    .get(t)
    .i32(larger)
    .op('i32.lt_s')
    .if(
      () => body(rows + 1),
      () => body(rows),
    );
}
