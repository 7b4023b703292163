import type { ValueId } from '@gradus/tensor/backend';
import { stridesAlong } from '../access.js';
import type { Access } from '../access.js';
import type { Loop, LoopOp, Rate } from './loop-op.js';

/** Rows up to this length are written out whole, with all that happens in a row kept in registers. */
const LONGEST_UNROLLED = 32;

/** Elements that one unit of parallel work has at least. */
const UNIT_ELEMENTS = 8192;

/** Results that rows share are gathered in parts of at least this many elements, and in at most this many parts. */
const PART_ELEMENTS = 32768;
const MOST_PARTS = 16;

/**
 * How a loop runs: `rows` rows of `length` elements, `rowsPerUnit` rows a unit. A loop without rows is cut into rows of
 * the length of a unit, of which the last may be shorter.
 */
export interface Schedule {
  readonly isFlat: boolean;
  readonly rows: number;
  readonly length: number;
  readonly units: number;
  readonly rowsPerUnit: number;
  readonly isUnrolled: boolean;
  /** Whether each unit gathers into memory of its own, to be added up by another kernel. */
  readonly hasParts: boolean;
  /** Lengths of the dimensions outside of the row, innermost first. */
  readonly outer: readonly number[];
  /** For each pass over a row, the operations for its elements; then those that run once the pass is done. */
  readonly passes: readonly Pass[];
  /** Operations at row rate that need no pass before them. */
  readonly before: readonly LoopOp[];
  /** Values that wait in scratch memory for a later pass over the row, and where. */
  readonly spills: ReadonlyMap<ValueId, number>;
  readonly scratchBytes: number;
}

/** Operations in which all elements of a row take part, then those for the row as a whole. */
export interface Pass {
  readonly elements: readonly LoopOp[];
  readonly row: readonly LoopOp[];
}

/** Decides how a loop runs. */
export function scheduleLoop(loop: Loop): Schedule {
  const schedule = cut(loop);
  if (schedule.isFlat || schedule.isUnrolled)
    return { ...schedule, spills: new Map(), scratchBytes: 0 };
  return { ...schedule, ...planSpills(schedule) };
}

/** The pass over the elements that computes a value; -1 when none does. */
export function passOf(
  passes: readonly Pass[],
  value: ValueId,
  of: LoopOp['kind'] = 'map',
): number {
  return passes.findIndex(({ elements }) =>
    elements.some(({ output, kind }) => output === value && kind === of),
  );
}

function planSpills({
  passes,
  length,
}: Pick<Schedule, 'passes' | 'length'>): Pick<Schedule, 'spills' | 'scratchBytes'> {
  const spills = new Map<ValueId, number>();
  // Whole vectors are written, also where the row ends within one.
  const bytes = Math.ceil((length * 4 + 32) / 16) * 16;
  passes.forEach(({ elements }, index) => {
    for (const { operands } of elements)
      for (const operand of operands) {
        if (operand.kind !== 'own') continue;
        const made = passOf(passes, operand.value);
        if (made >= 0 && made < index && !spills.has(operand.value))
          spills.set(operand.value, spills.size * bytes);
      }
  });
  return { spills, scratchBytes: spills.size * bytes };
}

function cut(loop: Loop): Omit<Schedule, 'spills' | 'scratchBytes'> {
  const { size, boundaries, ops } = loop;
  const across = ops.filter(({ kind }) => kind === 'reduceAcross');
  const hasRows = boundaries.length > 0 || ops.some(({ kind }) => kind === 'reduceRow');
  const { passes, before } = passesOf(ops);
  if (!hasRows) {
    const parts = across.length === 0 ? undefined : partsOf(size);
    const perUnit = parts === undefined ? UNIT_ELEMENTS : Math.ceil(size / parts / 4) * 4;
    const units = Math.ceil(size / perUnit);
    return {
      isFlat: true,
      rows: 1,
      length: size,
      units,
      rowsPerUnit: perUnit,
      isUnrolled: size <= LONGEST_UNROLLED,
      hasParts: across.length > 0 && units > 1,
      outer: [],
      passes,
      before,
    };
  }
  const length = boundaries[0] ?? size;
  const rows = size / length;
  const edges = [...boundaries, size];
  const outer = edges.slice(1).map((edge, i) => edge / (edges[i] as number));
  const outermost = outer.at(-1) ?? 1;
  const rowsPerOutermost = rows / outermost;
  const keepsOutermost =
    outermost > 1 &&
    across.length > 0 &&
    across.every((op) => (stridesAlong(op.target as Access, boundaries).at(-1) as number) !== 0);
  let rowsPerUnit: number;
  if (across.length === 0) rowsPerUnit = Math.ceil(UNIT_ELEMENTS / length);
  else if (keepsOutermost)
    rowsPerUnit = rowsPerOutermost * Math.ceil(UNIT_ELEMENTS / (length * rowsPerOutermost));
  else rowsPerUnit = Math.ceil(rows / partsOf(size));
  const units = Math.ceil(rows / rowsPerUnit);
  return {
    isFlat: false,
    rows,
    length,
    units,
    rowsPerUnit,
    isUnrolled: length <= LONGEST_UNROLLED,
    hasParts: across.length > 0 && units > 1 && !keepsOutermost,
    outer,
    passes,
    before,
  };
}

function partsOf(size: number): number {
  return Math.max(1, Math.min(MOST_PARTS, Math.floor(size / PART_ELEMENTS)));
}

/** A pass may use what rows gave in earlier passes; everything runs as early as it can. */
function passesOf(ops: readonly LoopOp[]): Pick<Schedule, 'passes' | 'before'> {
  const elements: LoopOp[][] = [[]];
  const rows: LoopOp[][] = [[]];
  const before: LoopOp[] = [];
  /** The pass in which a value of an element is computed, or after which a value of a row is there. */
  const passOf = new Map<ValueId, number>();
  const rateOf = new Map<ValueId, Rate>();
  for (const op of ops) {
    let pass = op.rate === 'row' ? -1 : 0;
    for (const operand of op.operands) {
      if (operand.kind !== 'own') continue;
      const known = passOf.get(operand.value) as number;
      const isRowValue = rateOf.get(operand.value) === 'row';
      pass = Math.max(pass, op.rate === 'element' && isRowValue ? known + 1 : known);
    }
    passOf.set(op.output, pass);
    rateOf.set(op.output, op.kind === 'reduceRow' ? 'row' : op.rate);
    if (op.rate === 'row' && pass < 0) before.push(op);
    else {
      const list = op.rate === 'row' ? rows : elements;
      while (elements.length <= pass) {
        elements.push([]);
        rows.push([]);
      }
      (list[pass] as LoopOp[]).push(op);
    }
  }
  return {
    before,
    passes: elements.map((list, i) => ({ elements: list, row: rows[i] as LoopOp[] })),
  };
}
