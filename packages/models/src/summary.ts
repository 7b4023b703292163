import type { Model } from './model.js';
import { count, summaryRows } from './summary-rows.js';
import { countParameters } from './variables.js';

/** Options of `model.summary`. */
export interface SummaryOptions {
  /** Characters per line. Default 88 for chains of layers, 108 else. */
  readonly lineLength?: number;
  /** Ends of the columns as shares of the line. */
  readonly positions?: readonly number[];
  readonly showTrainable?: boolean;
  /** Also list the layers of models inside the model. Default false. */
  readonly expandNested?: boolean;
  /** First and last layer to list, as regular expressions that names begin with. Default: all. */
  readonly layerRange?: readonly [first: string, last: string] | null;
  /** Width of the terminal in characters; longer lines are cut. Default: not limited. */
  readonly columns?: number;
  /** Gets the whole table once. Default: console.log. */
  readonly print?: (text: string) => void;
}

function memory(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${amount.toFixed(2)} ${units[unit] as string}`;
}

/** Lines of a cell; a word keeps the blanks in front of it where a line begins with the text. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.match(/\s*\S+/g) ?? []) {
    if ((line + word).length <= width) {
      line += word;
      continue;
    }
    if (line !== '') lines.push(line);
    const alone = lines.length === 0 ? word : word.trimStart();
    line = alone.length <= width ? alone : `${alone.slice(0, width - 1)}…`;
  }
  lines.push(line);
  return lines;
}

/** Keras' table of the layers of a model, character by character. Format: Keras 3.15.1. */
export function summary(model: Model, options: SummaryOptions = {}): string {
  const { showTrainable = false } = options;
  const built = model.isBuilt;
  if (built) void model.placedVariables;
  const isChain =
    model.className === 'Sequential' ||
    (model.graph.inputs.length === 1 &&
      model.graph.calls.every(
        ({ inputs }, i) =>
          inputs.length === 1 && (i === 0 || inputs[0]?.source === model.graph.calls[i - 1]),
      ));
  const columns = options.columns ?? Infinity;
  const length =
    options.lineLength ?? Math.min((isChain ? 88 : 108) + (showTrainable ? 12 : 0), columns - 4);
  let positions = [...(options.positions ?? (isChain ? [0.45, 0.8, 1] : [0.3, 0.56, 0.74, 1]))];
  if (showTrainable) positions = [...positions.map((p) => p * 0.9), 1];
  const headers = [
    'Layer (type)',
    'Output Shape',
    'Param #',
    ...(isChain ? [] : ['Connected to']),
    ...(showTrainable ? ['Trainable'] : []),
  ];
  let used = 0;
  const widths = positions.map((position, i) => {
    const width = Math.floor(position * length) - used;
    used += width;
    return width - (i === positions.length - 2 ? 2 : 1);
  });
  const align = headers.map((header) =>
    header === 'Param #' ? 'right' : header === 'Trainable' ? 'center' : 'left',
  );
  const cell = (text: string, i: number): string => {
    const inner = (widths[i] as number) - 2;
    const room = Math.max(0, inner - text.length);
    const left = align[i] === 'right' ? room : align[i] === 'center' ? Math.floor(room / 2) : 0;
    return ` ${' '.repeat(left)}${text}${' '.repeat(room - left)} `;
  };
  const draw = (row: readonly string[], bar: string): string[] => {
    const cells = row.map((text, i) => wrap(text, (widths[i] as number) - 2));
    const height = Math.max(...cells.map((lines) => lines.length));
    return Array.from(
      { length: height },
      (_, line) => bar + cells.map((lines, i) => cell(lines[line] ?? '', i)).join(bar) + bar,
    );
  };
  const rule = (left: string, line: string, cross: string, right: string): string =>
    left + widths.map((width) => line.repeat(width)).join(cross) + right;
  const rows = built
    ? summaryRows(model, { isChain, ...options })
    : model.layers.map((layer) => [
        `${layer.name ?? layer.className} (${layer.className})`,
        '?',
        '0 (unbuilt)',
        ...(showTrainable ? ['-'] : []),
      ]);
  const body = rows.flatMap((row, i) => [
    ...(i === 0 ? [] : [rule('├', '─', '┼', '┤')]),
    ...draw(row, '│'),
  ]);
  const variables = built ? model.variables : [];
  const trainable = countParameters(variables.filter((variable) => variable.trainable));
  const all = countParameters(variables);
  const programs = model.currentPrograms;
  const optimizer =
    programs?.plan.optimizer === undefined
      ? 0
      : programs.optimizerLeaves.reduce((total, { size }) => total + size, 0);
  const line = (label: string, value: number): string =>
    ` ${label}: ${count(value)} (${memory(value * 4)})`;
  return [
    `Model: "${model.name}"`,
    rule('┏', '━', '┳', '┓'),
    ...draw(headers, '┃'),
    rule('┡', '━', '╇', '┩'),
    ...body,
    rule('└', '─', '┴', '┘'),
    line('Total params', all + optimizer),
    line('Trainable params', trainable),
    line('Non-trainable params', all - trainable),
    ...(optimizer === 0 ? [] : [line('Optimizer params', optimizer)]),
    '',
  ]
    .map((text) => (text.length > columns ? text.slice(0, columns) : text))
    .join('\n');
}
