import type { AnyLayer, CallOptions, Layer, SymbolicShape } from '@gradus/layers';
import { isModel, needsOf } from './graph.js';
import type { Model } from './model.js';
import { countParameters, existingVariables } from './variables.js';

/** Options of `model.summary`. */
export interface SummaryOptions {
  /** Characters per line. Default 88 for chains of layers, 108 else. */
  readonly lineLength?: number;
  /** Ends of the columns as shares of the line. */
  readonly positions?: readonly number[];
  readonly showTrainable?: boolean;
  /** Width of the terminal in characters; longer lines are cut. Default: not limited. */
  readonly columns?: number;
  /** Gets the whole table once. Default: console.log. */
  readonly print?: (text: string) => void;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
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

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const candidate = line === '' ? word : `${line} ${word}`;
    if (candidate.length <= width) {
      line = candidate;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word.length <= width ? word : `${word.slice(0, width - 1)}…`;
  }
  lines.push(line);
  return lines;
}

function showShape(shape: readonly (number | null)[]): string {
  const parts = shape.map((n) => (n === null ? 'None' : String(n)));
  return parts.length === 1 ? `(${parts[0]},)` : `(${parts.join(', ')})`;
}

function parameters(layer: Layer): number {
  const variables = isModel(layer) ? layer.variables : existingVariables(layer);
  return countParameters(variables);
}

/** The shape of each output. */
function outputShapes(
  layer: AnyLayer,
  inputShapes: readonly SymbolicShape[],
  options: CallOptions,
): readonly SymbolicShape[] {
  const [only, ...others] = inputShapes;
  const given = only === undefined || others.length > 0 ? inputShapes : only;
  const shapes = layer.outputShape(given, options);
  return isShapeList(shapes) ? shapes : [shapes];
}

function isShapeList(
  shapes: SymbolicShape | readonly SymbolicShape[],
): shapes is readonly SymbolicShape[] {
  return Array.isArray(shapes[0]);
}

function rowsOf(model: Model, isChain: boolean, showTrainable: boolean): string[][] {
  const { graph } = model;
  const rows: string[][] = [];
  const nameOf = (layer: Layer): string => graph.layerNames.get(layer) as string;
  const trains = (layer: Layer): string => {
    const variables = isModel(layer) ? layer.variables : existingVariables(layer);
    return variables.length === 0 ? '-' : variables.some(({ trainable }) => trainable) ? 'Y' : 'N';
  };
  if (model.className !== 'Sequential')
    graph.inputs.forEach(({ shape }, i) =>
      rows.push([
        `${graph.inputNames[i] as string} (InputLayer)`,
        showShape(shape),
        '0',
        ...(isChain ? [] : ['-']),
        ...(showTrainable ? ['-'] : []),
      ]),
    );
  const uses = new Map<Layer, number>();
  const useOf = new Map<object, string>();
  graph.inputs.forEach(({ source }, i) => useOf.set(source, `${graph.inputNames[i] as string}[0]`));
  for (const call of graph.calls) {
    const nth = uses.get(call.layer) ?? 0;
    uses.set(call.layer, nth + 1);
    useOf.set(call, `${nameOf(call.layer)}[${nth}]`);
  }
  for (const layer of graph.layerNames.keys()) {
    const calls = graph.calls.filter((call) => call.layer === layer);
    const first = calls[0];
    const inputShapes = first?.inputs.map(({ shape }) => shape) ?? [];
    const shapes = isModel(layer)
      ? layer.graph.outputs.map((output) => output.shape)
      : outputShapes(layer, inputShapes, first?.options ?? {});
    const shown =
      shapes.length === 1
        ? showShape(shapes[0] as SymbolicShape)
        : `[${shapes.map(showShape).join(', ')}]`;
    const connected = calls
      .flatMap((call) => needsOf(call).map(({ source, index }) => `${useOf.get(source)}[${index}]`))
      .join(', ');
    rows.push([
      `${nameOf(layer)} (${layer.className})`,
      shown,
      count(parameters(layer)),
      ...(isChain ? [] : [connected]),
      ...(showTrainable ? [trains(layer)] : []),
    ]);
  }
  return rows;
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
    ? rowsOf(model, isChain, showTrainable)
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
