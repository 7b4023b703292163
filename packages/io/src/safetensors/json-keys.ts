/**
 * The first key that a valid JSON text repeats within one object, or undefined. `JSON.parse` keeps the last value of
 * a repeated key in silence, so two programs could read two different tensors from one file.
 */
export function repeatedKey(json: string): string | undefined {
  // A stack of the keys seen in each open object; undefined stands for an array.
  const open: (Set<string> | undefined)[] = [];
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;
  for (let match = token.exec(json); match !== null; match = token.exec(json)) {
    const [text, colon] = match;
    if (text === '{') open.push(new Set());
    else if (text === '[') open.push(undefined);
    else if (text === '}' || text === ']') open.pop();
    else if (colon !== undefined) {
      // Parsed, since "\u0061" and "a" are the same key.
      const key = String(JSON.parse(text.slice(0, -colon.length)));
      const keys = open.at(-1);
      if (keys?.has(key) === true) return key;
      keys?.add(key);
    }
  }
  return undefined;
}
