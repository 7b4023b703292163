/**
 * Makes a function that turns the line ends `\r\n` and `\r` of successive pieces of a CSV text into `\n`, but leaves
 * those inside quoted cells alone. Files glued together from several machines mix them, and the tokenizer expects one.
 *
 * @param delimiter the character between fields, when it is known.
 * @returns a function of a piece and whether it is the last one. It may hold back a final `\r`, whose `\n` may follow.
 */
export function lineEndUnifier(delimiter?: string): (piece: string, last: boolean) => string {
  const opensAfter = `,;\t|\n\r${delimiter ?? ''}`;
  let inQuotes = false;
  // Position of the last closing quote in the current piece; a quote right behind it was an escaped one.
  let closedAt = -2;
  let previous = '\n';
  let held = '';
  return (piece, last) => {
    let text = held + piece;
    held = !last && text.endsWith('\r') ? '\r' : '';
    if (held !== '') text = text.slice(0, -1);
    if (text === '') return text;
    const unified = text.replace(/"|\r\n?/g, (match, offset: number) => {
      if (match !== '"') return inQuotes ? match : '\n';
      if (inQuotes) {
        inQuotes = false;
        closedAt = offset;
      } else {
        // A quote in the middle of a plain cell, as in 5" pipe, opens nothing.
        inQuotes =
          closedAt === offset - 1 ||
          opensAfter.includes(offset === 0 ? previous : text.charAt(offset - 1));
      }
      return match;
    });
    closedAt = closedAt === text.length - 1 ? -1 : -2;
    previous = text.charAt(text.length - 1);
    return unified;
  };
}
