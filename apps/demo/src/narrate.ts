/** How the lesson speaks: headings, sentences, tables and the names of the files it wrote. */

const WIDTH = 88;

/** Breaks a text into lines of at most `width` characters. */
export function wrap(text: string, width: number = WIDTH): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

/** The heading of a step. */
export function heading(title: string): void {
  console.log(`\n${title}\n${'─'.repeat(title.length)}`);
}

/** A sentence or two on what happens and why. */
export function say(text: string): void {
  console.log(wrap(text));
}

/** Something to look at: a table, a picture, a number. It is indented, so that it stands out from the sentences. */
export function show(text: string): void {
  console.log(text.replaceAll(/^(?=.)/gm, '  '));
}

/** Columns of text, lined up: the first to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  '),
    )
    .join('\n');
}
