/**
 * Multiplications and additions that one element of an operation takes as long as: a polynomial is many, a division waits.
 * From rates in the first-level cache: exp 1.9 billion elements a second, where additions make 40.
 */
const costs: Readonly<Record<string, number>> = {
  div: 5,
  sqrt: 5,
  rsqrt: 8,
  mod: 10,
  exp: 20,
  expm1: 25,
  log: 25,
  log1p: 30,
  tanh: 25,
  sigmoid: 25,
  erf: 30,
  sin: 30,
  cos: 30,
  pow: 50,
};

/** What an operation costs: 1 where nothing else is known. */
export function operationCost(name: string): number {
  return costs[name] ?? 1;
}
