import type { ValueId } from '@gradus/tensor/backend';
import type { FunctionBuilder, FunctionRef, Local } from '../../assembler/index.js';
import type { LibraryFunction } from '../../kernels/library.js';
import { hasTile, tileFunction } from '../../kernels/matmul-library.js';
import type { TileRows } from '../../kernels/matmul-tile.js';
import type { KernelContext } from '../../program/kernel-plan.js';
import type { Panel, Panels } from './matmul-panels.js';
import type { MatmulProblem } from './matmul-problem.js';

/** A row that is added to each row, or one number that is added to all. */
export interface Bias {
  readonly value: ValueId;
  readonly isNumber: boolean;
}

/** An address or count: known now, in a variable, or computed by what `push` writes. */
export type Term = number | Local | (() => void);

/** Writes the pieces that products and convolutions have in common into the function of a kernel. */
export class MatmulEmitter {
  readonly f: FunctionBuilder;
  readonly context: KernelContext;

  constructor(context: KernelContext, f: FunctionBuilder) {
    this.context = context;
    this.f = f;
  }

  push(term: Term): this {
    if (typeof term === 'number') this.f.i32(term);
    else if (typeof term === 'function') term();
    else this.f.get(term);
    return this;
  }

  /** A new variable that holds a sum of products: `base + local * factor + ...`. */
  sum(base: Term, ...terms: readonly (readonly [Term, number])[]): Local {
    const local = this.f.local('i32');
    this.assign(local, base, ...terms);
    return local;
  }

  assign(local: Local, base: Term, ...terms: readonly (readonly [Term, number])[]): void {
    this.pushSum(base, ...terms);
    this.f.set(local);
  }

  pushSum(base: Term, ...terms: readonly (readonly [Term, number])[]): void {
    const { f } = this;
    this.push(base);
    for (const [term, factor] of terms) {
      if (factor === 0) continue;
      this.push(term);
      if (factor !== 1) f.i32(factor).op('i32.mul');
      f.op('i32.add');
    }
  }

  call(name: LibraryFunction, ...terms: readonly Term[]): void {
    terms.forEach((term) => this.push(term));
    this.f.call(this.library(name));
  }

  library(name: LibraryFunction): FunctionRef {
    return this.context.library(name);
  }

  /** Smaller of two, both signed. */
  min(a: Term, b: Term): Local {
    const result = this.sum(a);
    this.f.atMost(result, typeof b === 'function' ? this.sum(b) : b);
    return result;
  }

  /** A new variable: `yes` where what `condition` pushes is not zero, else `no`. */
  select(condition: () => void, yes: Term, no: Term): Local {
    const result = this.f.local('i32');
    this.push(yes).push(no);
    condition();
    this.f.op('select').set(result);
    return result;
  }

  /** Where sums of n columns start: the bias where it is, else a row of zeros or of one number that is written to `scratch`. */
  startRow(bias: Bias | undefined, scratch: Local, n: number): Local {
    const { f } = this;
    if (bias !== undefined && !bias.isNumber) return this.sum(this.context.address(bias.value));
    // A local is zero at first, and so is what it stands for.
    const number = f.local('f32');
    if (bias !== undefined) f.i32(this.context.address(bias.value)).memory('f32.load').set(number);
    const place = this.sum(scratch);
    const i = f.local('i32');
    f.for(i, 0, n, 1, () => {
      f.get(place).get(number).memory('f32.store');
      this.assign(place, place, [1, 4]);
    });
    return scratch;
  }

  /** The addresses of the matrices of point `index` of the batch. */
  operandBases(
    { x, y, batch }: MatmulProblem,
    index: Local,
  ): { readonly xBase: Local; readonly yBase: Local } {
    const { f } = this;
    const xBase = this.sum(this.context.address(x.value));
    const yBase = this.sum(this.context.address(y.value));
    const rest = this.sum(index);
    for (let axis = batch.length - 1; axis >= 0; axis--) {
      const length = batch[axis] as number;
      const at = f.local('i32');
      f.get(rest);
      if (axis > 0) f.i32(length).op('i32.rem_u');
      f.set(at);
      this.assign(xBase, xBase, [at, (x.batch[axis] as number) * 4]);
      this.assign(yBase, yBase, [at, (y.batch[axis] as number) * 4]);
      if (axis > 0) f.get(rest).i32(length).op('i32.div_u').set(rest);
    }
    return { xBase, yBase };
  }

  /** Fills a table of words: `values(i)` for i below `count`, as a loop where they are equally far apart. */
  table(at: Local, offset: number, count: number, first: number, step: number): void {
    const { f } = this;
    if (count <= 8) {
      for (let i = 0; i < count; i++)
        f.get(at)
          .i32(first + i * step)
          .memory('i32.store', offset + i * 4);
      return;
    }
    const i = f.local('i32');
    const to = f.local('i32');
    const value = f.local('i32');
    f.get(at).set(to).i32(first).set(value);
    f.for(i, 0, count, 1, () => {
      f.get(to).get(value).memory('i32.store', offset);
      f.get(to).i32(4).op('i32.add').set(to);
      f.get(value).i32(step).op('i32.add').set(value);
    });
  }
}

/** Where y is and how its panels follow each other. */
export interface PanelSource {
  /** The first whole panel. */
  readonly y: Term;
  readonly yStep: Term;
  readonly yPanel: Term;
  /** How many whole panels there are here: fewer in the last block of columns. */
  readonly whole: Term;
  /** The first number of each narrower panel, its step, and whether it exists here. */
  tail(panel: Panel, index: number): { readonly y: Term; readonly yStep: Term };
}

/** Everything else that a row of tiles needs. All tables are addresses. */
export interface TileCall {
  readonly order: TileRows;
  readonly rows: number;
  readonly runs: Term;
  readonly run: Term;
  readonly runSteps: Term;
  readonly x: Term;
  readonly xRows: Term;
  readonly z: Local;
  readonly zRows: Term;
  readonly start: Local;
  readonly startRows: Term;
  readonly panelSteps: Term;
}

/** Memory for panels that are not full: a tile, the table of its rows, and the start of its columns. */
export interface EdgeScratch {
  readonly tile: Term;
  readonly tileRows: Term;
}

/**
 * One tile's rows times all panels of a block of columns. Panels that are not full are computed in a scratch tile: what does
 * not exist is neither read nor written.
 */
export function emitPanels(
  e: MatmulEmitter,
  call: TileCall,
  panels: Panels,
  source: PanelSource,
  edge: EdgeScratch,
  hasTails: (body: () => void) => void,
): void {
  const { f } = e;
  const { order, rows } = call;
  const features = e.context.features;
  const args = (): void => {
    e.push(call.runs).push(call.run).push(call.runSteps).push(call.x).push(call.xRows);
  };
  if (panels.whole > 0) {
    const all = (): void => {
      args();
      e.push(source.y).push(source.yStep).push(source.yPanel);
      e.push(call.z).push(call.zRows).push(call.start).push(call.startRows);
      e.push(call.panelSteps).push(source.whole);
      f.call(e.library(tileFunction(order, rows, panels.columns)));
    };
    if (typeof source.whole === 'number') all();
    else {
      e.push(source.whole);
      f.if(all);
    }
  }
  if (panels.tails.length === 0) return;
  hasTails(() =>
    panels.tails.forEach((panel, index) => {
      const { y, yStep } = source.tail(panel, index);
      if (!hasTile(features, order, rows, panel.columns))
        throw new Error(`There is no tile of ${rows} rows and ${panel.columns} columns.`);
      const tile = e.library(tileFunction(order, rows, panel.columns));
      const z = e.sum(call.z, [1, panel.at * 4]);
      const start = e.sum(call.start, [1, panel.at * 4]);
      if (panel.used === panel.columns) {
        args();
        e.push(y).push(yStep).push(0);
        e.push(z).push(call.zRows).push(start).push(call.startRows).push(call.panelSteps).push(1);
        f.call(tile);
        return;
      }
      const used = panel.used;
      e.call('matmulCopyRows', start, call.startRows, edge.tile, edge.tileRows, rows, used);
      args();
      e.push(y).push(yStep).push(0);
      e.push(edge.tile).push(edge.tileRows).push(edge.tile).push(edge.tileRows);
      e.push(call.panelSteps).push(1);
      f.call(tile);
      e.call('matmulCopyRows', edge.tile, edge.tileRows, z, call.zRows, rows, used);
    }),
  );
}
