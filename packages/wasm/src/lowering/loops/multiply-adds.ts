import type { Loop, LoopOp, Operand } from './loop-op.js';
import { passOf } from './schedule.js';
import type { Schedule } from './schedule.js';

/**
 * Finds products that only one addition, subtraction from something, or sum reads, by that reader: together they are one
 * fused multiply-add, with one rounding less.
 */
export function multiplyAdds(loop: Loop, schedule: Schedule): ReadonlyMap<LoopOp, LoopOp> {
  const uses = new Map<number, number>();
  for (const { operands } of loop.ops)
    for (const operand of operands)
      if (operand.kind === 'own') uses.set(operand.value, (uses.get(operand.value) ?? 0) + 1);
  const stored = new Set(loop.stores.map(({ value }) => value));
  const products = new Map(
    loop.ops
      .filter(
        ({ name, kind, rate, dtype, output }) =>
          name === 'mul' &&
          kind === 'map' &&
          rate === 'element' &&
          dtype === 'float32' &&
          uses.get(output) === 1 &&
          !stored.has(output),
      )
      .map((op) => [op.output, op]),
  );
  const result = new Map<LoopOp, LoopOp>();
  const absorbed = new Set<LoopOp>();
  for (const { elements } of schedule.passes)
    for (const op of elements) {
      const found = candidates(op).find(
        (operand) =>
          operand?.kind === 'own' &&
          products.has(operand.value) &&
          // What is multiplied must be in registers where it is added.
          passOf(schedule.passes, operand.value) === passOf(schedule.passes, op.output, op.kind),
      );
      if (found?.kind !== 'own') continue;
      const product = products.get(found.value) as LoopOp;
      // A product that itself ends a multiply-add is computed there.
      if (absorbed.has(op) || result.has(product)) continue;
      result.set(op, product);
      absorbed.add(product);
    }
  return result;
}

/** The operands of an operation that may be a product on the way. */
function candidates({ name, kind, operands, dtype }: LoopOp): readonly (Operand | undefined)[] {
  if (dtype !== 'float32') return [];
  if (kind !== 'map') return name === 'sum' ? operands : [];
  if (name === 'add') return operands;
  return name === 'sub' ? [operands[1]] : [];
}
