import type { FunctionBuilder, Signature } from '../assembler/index.js';
import type { Features } from '../features.js';
import type { LibraryKernel } from './library.js';
import { dotsSignature, emitDots } from './matmul-dots.js';
import { emitEpilogue, epilogueSignature } from './matmul-epilogue.js';
import type { Epilogue } from './matmul-epilogue.js';
import {
  copyRowsSignature,
  emitCopyRows,
  emitPack,
  emitPackEdge,
  emitPackTransposed,
  packEdgeSignature,
  packSignature,
} from './matmul-pack.js';
import { emitTile, tileSignature } from './matmul-tile.js';
import type { TileRows } from './matmul-tile.js';

/** Rows and columns of the tile that keeps its sums in registers. */
export interface TileSize {
  readonly rows: number;
  readonly columns: number;
}

/**
 * The largest tile, by what was measured: without fused multiply-add each product needs a register of its own and 6x8
 * spills (30 GFLOP/s against 54 with 4x8); with it 12 sums, 2 vectors of y and 1 of x fit (6x8: 60); wide registers take
 * twice the columns (6x16: 117).
 */
export function tileSize({ relaxed, wide }: Features): TileSize {
  if (!relaxed) return { rows: 4, columns: 8 };
  return { rows: 6, columns: wide ? 16 : 8 };
}

/** The tile that none is larger than: memory for the edge of a matrix, and tables of rows, are made for it. */
export const edgeTile = {
  rows: 6,
  columns: 32,
  /** From one of its rows to the next. */
  rowBytes: 128,
  bytes: 768,
  /** A word for each row. */
  tableBytes: 24,
} as const;

type Rows = 1 | 2 | 3 | 4 | 5 | 6;
/** Columns that a panel may have. */
export type PanelColumns = 4 | 8 | 16 | 32;

/** A tile by its order and size. */
export type TileFunction = `matmul${'Rows' | 'Columns'}${Rows}x${PanelColumns}`;
/** The fixed kernels of products and convolutions. */
export type MatmulFunction =
  | TileFunction
  | `matmulPack${'' | 'Transposed'}${4 | 8 | 16}`
  | 'matmulPackEdge'
  | 'matmulCopyRows'
  | 'matmulDots'
  | 'matmulRelu'
  | 'matmulReluMask'
  | 'matmulGate';

/** Whether the library of an engine with these features has a tile. */
export function hasTile(
  features: Features,
  order: TileRows,
  rows: number,
  columns: number,
): boolean {
  const largest = tileSize(features);
  if (rows <= largest.rows && columns <= largest.columns) return true;
  // Few rows and many columns: y is read in place, and there must be enough sums to hide how long each takes.
  return order === 'rows' && ((rows === 1 && columns <= 32) || (rows <= 3 && columns <= 16));
}

/** The name of a tile. */
export function tileFunction(order: TileRows, rows: number, columns: number): TileFunction {
  return `matmul${order === 'rows' ? 'Rows' : 'Columns'}${rows as Rows}x${columns as PanelColumns}`;
}

function kernel(
  signature: Signature,
  write: (f: FunctionBuilder, features: Features) => void,
  isNeeded?: (features: Features) => boolean,
): LibraryKernel {
  return {
    signature,
    ...(isNeeded === undefined ? {} : { isNeeded }),
    emit: (module, features, name) => {
      const f = module.function(signature, name);
      write(f, features);
      return f.ref;
    },
  };
}

function tile(order: TileRows, rows: number, columns: number): LibraryKernel {
  return kernel(
    tileSignature,
    (f, { relaxed }) => emitTile(f, { rows, vectors: columns / 4, order, fused: relaxed }),
    (features) => hasTile(features, order, rows, columns),
  );
}

const epilogue = (name: Epilogue): LibraryKernel =>
  kernel(epilogueSignature, (f) => emitEpilogue(f, name));

const tiles = Object.fromEntries(
  (['rows', 'columns'] as const).flatMap((order) =>
    [1, 2, 3, 4, 5, 6].flatMap((rows) =>
      [4, 8, 16, 32].map((columns) => [
        tileFunction(order, rows, columns),
        tile(order, rows, columns),
      ]),
    ),
  ),
) as Record<TileFunction, LibraryKernel>;

/** What matrix products and convolutions are made of. */
export const matmulKernels: Readonly<Record<MatmulFunction, LibraryKernel>> = {
  ...tiles,
  matmulPack4: kernel(packSignature, (f) => emitPack(f, 1)),
  matmulPack8: kernel(packSignature, (f) => emitPack(f, 2)),
  matmulPack16: kernel(packSignature, (f) => emitPack(f, 4)),
  matmulPackTransposed4: kernel(packSignature, (f) => emitPackTransposed(f, 1)),
  matmulPackTransposed8: kernel(packSignature, (f) => emitPackTransposed(f, 2)),
  matmulPackTransposed16: kernel(packSignature, (f) => emitPackTransposed(f, 4)),
  matmulPackEdge: kernel(packEdgeSignature, emitPackEdge),
  matmulCopyRows: kernel(copyRowsSignature, emitCopyRows),
  matmulDots: kernel(dotsSignature, (f, { relaxed }) => emitDots(f, relaxed)),
  matmulRelu: epilogue('relu'),
  matmulReluMask: epilogue('reluMask'),
  matmulGate: epilogue('gate'),
};
