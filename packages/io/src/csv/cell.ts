const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const infinite = /^([+-]?)inf(?:inity)?$/i;
const truths: Readonly<Record<string, number>> = { true: 1, false: 0, '1': 1, '0': 0 };

/** The number that a trimmed cell spells in decimal, or undefined. Hexadecimal and `1,234` are not numbers here. */
export function parseNumber(text: string): number | undefined {
  if (decimal.test(text)) return Number(text);
  const found = infinite.exec(text);
  if (found === null) return undefined;
  return found[1] === '-' ? -Infinity : Infinity;
}

/** 1 or 0 for a trimmed cell that spells a truth value (`true`, `False`, `1`, `0`), or undefined. */
export function parseTruth(text: string): number | undefined {
  const key = text.toLowerCase();
  return Object.hasOwn(truths, key) ? truths[key] : undefined;
}

/** The number that a trimmed cell spells if int32 holds it exactly, or undefined. */
export function parseInt32(text: string): number | undefined {
  const value = parseNumber(text);
  return value === undefined || value !== (value | 0) ? undefined : value;
}
