import type { Local } from '../../assembler/index.js';
import { edgeTile } from '../../kernels/matmul-library.js';
import type { MatmulEmitter } from './matmul-emitter.js';
import type { Panels } from './matmul-panels.js';

/** What the tiles of a product look up: where each row is written, and how far it is to the next panel. */
export interface TileTables {
  /** Rows of the result. */
  readonly zRows: Local;
  /** The same row again and again: sums that all start from one bias. */
  readonly noRows: Local;
  /** Rows of the scratch tile at the edge of a matrix. */
  readonly tileRows: Local;
  readonly panelSteps: Local;
}

/** Writes the tables of a product to scratch memory. They do not change while it runs. */
export function emitTileTables(
  e: MatmulEmitter,
  { zRows, noRows, tileRows, panelSteps }: TileTables,
  rowBytes: number,
  panels: Panels,
): void {
  e.table(zRows, 0, edgeTile.rows, 0, rowBytes);
  e.table(noRows, 0, edgeTile.rows, 0, 0);
  e.table(tileRows, 0, edgeTile.rows, 0, edgeTile.rowBytes);
  e.table(panelSteps, 0, Math.max(1, panels.whole), panels.columns * 4, 0);
}
