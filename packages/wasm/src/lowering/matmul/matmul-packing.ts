import type { Local } from '../../assembler/index.js';
import type { MatmulEmitter, PanelSource, Term } from './matmul-emitter.js';
import type { Panels } from './matmul-panels.js';
import type { Operand } from './matmul-problem.js';

/** A block of y: some k, all columns of a block. */
export interface PackBlock {
  /** How many k there are here. */
  readonly k: Term;
  /** Whole panels here. */
  readonly whole: number | Local;
  readonly y: Local;
  readonly to: Local;
  /** Panels are as far apart as with so many k. */
  readonly blockK: number;
  hasTails(body: () => void): void;
}

/** Brings a block of y into the order in which tiles read it. Without packing only what does not fill a panel is copied. */
export function emitPackBlock(
  e: MatmulEmitter,
  y: Operand,
  panels: Panels,
  packs: boolean,
  { k, whole, y: from, to, blockK, hasTails }: PackBlock,
): void {
  const { f } = e;
  const name = y.transposed ? 'matmulPackTransposed' : 'matmulPack';
  const step = y.step * 4;
  const yColumn = y.transposed ? step : 4;
  const yStep = y.transposed ? 4 : step;
  let at = 0;
  if (packs && panels.whole > 0) {
    const columns = panels.columns as 4 | 8 | 16;
    // The panels are as far apart as in a whole block, also where the last block of k is shorter.
    const one = (panel: Local): void =>
      e.call(
        `${name}${columns}`,
        k,
        1,
        () => e.pushSum(from, [panel, columns * yColumn]),
        step,
        () => e.pushSum(to, [panel, columns * blockK * 4]),
      );
    const panel = f.local('i32');
    f.for(panel, 0, whole, 1, () => one(panel));
    at = panels.whole * columns;
  }
  hasTails(() => {
    panels.tails.forEach((tail) => {
      const target = at * blockK * 4;
      const source = e.sum(from, [1, tail.at * yColumn]);
      if (tail.used < tail.columns)
        e.call(
          'matmulPackEdge',
          k,
          tail.used,
          source,
          yStep,
          yColumn,
          e.sum(to, [1, target]),
          tail.columns * 4,
        );
      else if (packs)
        e.call(`${name}${tail.columns as 4 | 8 | 16}`, k, 1, source, step, e.sum(to, [1, target]));
      at += tail.columns;
    });
  });
}

/** Where tiles find the panels of a packed block. */
export function packedSource(
  e: MatmulEmitter,
  panels: Panels,
  packed: Local,
  blockK: number,
): PanelSource {
  const width = panels.columns * 4;
  return {
    y: packed,
    yStep: width,
    yPanel: blockK * width,
    whole: panels.whole,
    tail: (panel, index) => {
      const skipped = panels.tails
        .slice(0, index)
        .reduce((sum, { columns }) => sum + columns, panels.whole * panels.columns);
      return { y: e.sum(packed, [1, skipped * blockK * 4]), yStep: panel.columns * 4 };
    },
  };
}
