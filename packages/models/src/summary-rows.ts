import type { AnyLayer, CallOptions, Layer, SymbolicShape, SymbolicTensor } from '@gradus/layers';
import { numberOfSource } from '@gradus/layers';
import { ValueError } from '@gradus/tensor';
import type { Graph } from './graph.js';
import { isModel, needsOf } from './graph.js';
import { countParameters, existingVariables } from './variables.js';

function showShape(shape: readonly (number | null)[]): string {
  const parts = shape.map((n) => (n === null ? 'None' : String(n)));
  return parts.length === 1 ? `(${parts[0]},)` : `(${parts.join(', ')})`;
}

function parameters(layer: Layer): number {
  const variables = isModel(layer)
    ? layer.variables
    : existingVariables(layer).map(({ variable }) => variable);
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

/** What decides the columns and rows of a summary. */
export interface RowOptions {
  /** Layers one after another need no column that says what they are connected to. */
  readonly isChain: boolean;
  readonly showTrainable?: boolean;
  readonly expandNested?: boolean;
  readonly layerRange?: readonly [first: string, last: string] | null;
}

interface Entry {
  readonly name: string;
  readonly rows: readonly (readonly string[])[];
}

/** Something with a graph that may have a shape or not: a model, inside of another or not. */
interface Listed {
  readonly className: string;
  readonly graph: Graph;
}

/** The rows of the table: a list of cells for each layer. */
export function summaryRows(model: Listed, options: RowOptions): string[][] {
  const entries = entriesOf(model, options, 0);
  return inRange(entries, options.layerRange ?? null).flatMap(({ rows }) =>
    rows.map((row) => [...row]),
  );
}

/** The entries from the first to the last layer whose name fits. */
function inRange(
  entries: readonly Entry[],
  range: readonly [first: string, last: string] | null,
): readonly Entry[] {
  if (range === null) return entries;
  const [first, last] = range.map((pattern) => {
    const fits = new RegExp(`^(?:${pattern})`);
    return entries.flatMap(({ name }, i) => (fits.test(name) ? [i] : []));
  }) as [number[], number[]];
  if (first.length === 0 || last.length === 0)
    throw new ValueError('summary/layer-range', 'There are no layers with these names.', {
      got: range.join(' to '),
      expected: `two of ${entries.map(({ name }) => name).join(', ')}`,
      fix: 'give the first and the last name, or how they begin',
    });
  return Math.min(...first) > Math.max(...last)
    ? entries.slice(Math.min(...last), Math.max(...first) + 1)
    : entries.slice(Math.min(...first), Math.max(...last) + 1);
}

/** Layers and inputs in the order in which Keras lists them: by the longest way to an output, then as first met. */
function listed(graph: Graph): (Layer | SymbolicTensor)[] {
  const depth = new Map<object, number>();
  // Calls come after those that they need, so the way back meets every use of a call before the call itself.
  for (const call of graph.calls.toReversed()) {
    const own = depth.get(call) ?? 0;
    depth.set(call, own);
    for (const { source } of needsOf(call))
      depth.set(source, Math.max(depth.get(source) ?? 0, own + 1));
  }
  const met = new Map<object, number>();
  const meet = ({ source }: SymbolicTensor): void => {
    if (met.has(source)) return;
    met.set(source, met.size);
    if (source.kind === 'layer') needsOf(source).forEach(meet);
  };
  graph.outputs.forEach(meet);
  const firstCall = new Map<Layer, object>();
  for (const call of graph.calls) if (!firstCall.has(call.layer)) firstCall.set(call.layer, call);
  const places = [
    ...graph.inputs.map((input) => ({ item: input, source: input.source as object })),
    ...[...graph.layerNames.keys()].map((layer) => ({
      item: layer,
      source: firstCall.get(layer) as object,
    })),
  ];
  const at = (source: object): [number, number] => [
    depth.get(source) ?? 0,
    met.get(source) ?? Infinity,
  ];
  return places
    .toSorted((a, b) => {
      const [deepA, metA] = at(a.source);
      const [deepB, metB] = at(b.source);
      return deepB - deepA || (metA === metB ? 0 : metA - metB);
    })
    .map(({ item }) => item);
}

function entriesOf(model: Listed, options: RowOptions, level: number): Entry[] {
  const { graph } = model;
  const { isChain, showTrainable = false, expandNested = false } = options;
  const prefix = level === 0 ? '' : `${'   '.repeat(level)}└ `;
  const nameOf = (layer: Layer): string => graph.layerNames.get(layer) as string;
  const timesUsed = new Map<Layer, number>();
  const useOf = new Map<object, string>();
  graph.inputs.forEach(({ source }, i) => useOf.set(source, `${graph.inputNames[i] as string}[0]`));
  const calls = graph.calls.toSorted((a, b) => numberOfSource(a) - numberOfSource(b));
  for (const call of calls) {
    const nth = timesUsed.get(call.layer) ?? 0;
    timesUsed.set(call.layer, nth + 1);
    useOf.set(call, `${nameOf(call.layer)}[${nth}]`);
  }
  const row = (cells: readonly [string, string, string, string, string]): string[] => {
    const [title, shape, parameterCount, connected, trains] = cells;
    return [
      prefix + title,
      shape,
      parameterCount,
      ...(isChain ? [] : [connected]),
      ...(showTrainable ? [trains] : []),
    ];
  };
  const inputEntry = (input: SymbolicTensor): Entry => {
    const name = graph.inputNames[graph.inputs.indexOf(input)] as string;
    return { name, rows: [row([`${name} (InputLayer)`, showShape(input.shape), '0', '-', '-'])] };
  };
  const layerEntry = (layer: Layer): Entry => {
    const uses = calls.filter((call) => call.layer === layer);
    const first = uses[0];
    const inputShapes = first?.inputs.map(({ shape }) => shape) ?? [];
    const shapes = isModel(layer)
      ? layer.graph.outputs.map((output) => output.shape)
      : outputShapes(layer, inputShapes, first?.options ?? {});
    const shown =
      shapes.length === 1
        ? showShape(shapes[0] as SymbolicShape)
        : `[${shapes.map(showShape).join(', ')}]`;
    const connected = uses
      .flatMap((call) => needsOf(call).map(({ source, index }) => `${useOf.get(source)}[${index}]`))
      .join(', ');
    const variables = isModel(layer)
      ? layer.variables
      : existingVariables(layer).map(({ variable }) => variable);
    const isTrained = variables.some(({ trainable }) => trainable);
    const own = row([
      `${nameOf(layer)} (${layer.className})`,
      shown,
      count(parameters(layer)),
      // Keras names connections of the outermost model alone.
      level > 0 || connected === '' ? '-' : connected,
      variables.length === 0 ? '-' : isTrained ? 'Y' : 'N',
    ]);
    const inner =
      expandNested && isModel(layer)
        ? entriesOf(layer as unknown as Listed, options, level + 1).flatMap(({ rows }) => rows)
        : [];
    return { name: nameOf(layer), rows: [own, ...inner] };
  };
  return listed(graph).flatMap((item) => {
    if (typeof item === 'function') return [layerEntry(item)];
    return model.className === 'Sequential' ? [] : [inputEntry(item)];
  });
}

/** A number with separators. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}
