import type { Layer, LayerCall, SymbolicTensor } from '@gradus/layers';
import { tensorsOfOptions } from '@gradus/layers';
import { ValueError } from '@gradus/tensor';
import { NameGiver } from './names.js';
import type { Variable } from './variables.js';
import { variablesOf } from './variables.js';

/** How several inputs or outputs are given: one tensor, a list, or an object by name. */
export type Form = 'single' | 'list' | readonly string[];

/** Tensors of a model's inputs or outputs, as the user wrote them. */
export type Symbols =
  | SymbolicTensor
  | readonly SymbolicTensor[]
  | { readonly [name: string]: SymbolicTensor };

/** A model as a list of layer calls in an order in which they can run. */
export interface Graph {
  readonly inputs: readonly SymbolicTensor[];
  readonly inputForm: Form;
  readonly inputNames: readonly string[];
  readonly outputs: readonly SymbolicTensor[];
  readonly outputForm: Form;
  readonly outputNames: readonly string[];
  readonly calls: readonly LayerCall[];
  /** Every layer once, with its name in this model. */
  readonly layerNames: ReadonlyMap<Layer, string>;
}

/** A layer that is itself a model. */
export interface NestedModel extends Layer {
  readonly graph: Graph;
  readonly variables: readonly Variable[];
}

/** True for models, by a mark and not by class, so that files below the class need not import it. */
export function isModel(layer: unknown): layer is NestedModel {
  return typeof layer === 'function' && 'isGradusModel' in layer;
}

function isSymbol(value: Symbols): value is SymbolicTensor {
  return !Array.isArray(value) && 'source' in value && 'shape' in value;
}

/** The tensors and the way they were given. */
export function flattenSymbols(symbols: Symbols): {
  readonly list: readonly SymbolicTensor[];
  readonly form: Form;
} {
  if (isSymbol(symbols)) return { list: [symbols], form: 'single' };
  if (Array.isArray(symbols)) return { list: symbols as readonly SymbolicTensor[], form: 'list' };
  const named = symbols as { readonly [name: string]: SymbolicTensor };
  return { list: Object.values(named), form: Object.keys(named) };
}

/** Values put back into the form in which inputs or outputs are given. */
export function inForm<T>(
  form: Form,
  values: readonly T[],
): T | readonly T[] | { readonly [name: string]: T } {
  if (form === 'single') return values[0] as T;
  if (form === 'list') return values;
  return Object.fromEntries(form.map((name, i) => [name, values[i] as T]));
}

/** Everything that a call needs: its inputs, and tensors in its options such as an initial state. */
export function needsOf({ inputs, options }: LayerCall): readonly SymbolicTensor[] {
  return [...inputs, ...tensorsOfOptions(options)];
}

/** Longest way from each call to an output: Keras lists the layers of a model by it. */
function orderCalls(
  outputs: readonly SymbolicTensor[],
  inputs: readonly SymbolicTensor[],
): LayerCall[] {
  const known = new Set(inputs.map(({ source }) => source));
  const visited: LayerCall[] = [];
  const seen = new Set<LayerCall>();
  const visit = (symbol: SymbolicTensor): void => {
    if (known.has(symbol.source)) return;
    if (symbol.source.kind === 'input')
      throw new ValueError(
        'model/inputs',
        'An output depends on an input that the model does not list.',
        {
          got: `input "${symbol.source.name ?? 'without a name'}" of shape [${symbol.shape.join(', ')}]`,
          expected: 'every input that the outputs need',
          fix: 'add it to inputs: model({ inputs: [a, b], outputs })',
        },
      );
    if (seen.has(symbol.source)) return;
    seen.add(symbol.source);
    needsOf(symbol.source).forEach(visit);
    visited.push(symbol.source);
  };
  outputs.forEach(visit);
  const depth = new Map<LayerCall, number>();
  for (const call of visited.toReversed()) {
    const own = depth.get(call) ?? 0;
    depth.set(call, own);
    for (const { source } of needsOf(call))
      if (source.kind === 'layer') depth.set(source, Math.max(depth.get(source) ?? 0, own + 1));
  }
  const position = new Map(visited.map((call, i) => [call, i]));
  return visited.toSorted(
    (a, b) =>
      (depth.get(b) as number) - (depth.get(a) as number) ||
      (position.get(a) as number) - (position.get(b) as number),
  );
}

/** Finds the layers between inputs and outputs, orders them, and names those that have no name. */
export function buildGraph(inputSymbols: Symbols, outputSymbols: Symbols): Graph {
  const { list: inputs, form: inputForm } = flattenSymbols(inputSymbols);
  const { list: outputs, form: outputForm } = flattenSymbols(outputSymbols);
  const calls = orderCalls(outputs, inputs);
  const layers = [...new Set(calls.map(({ layer }) => layer))];
  const given = new Map<string, Layer>();
  for (const layer of layers) {
    if (layer.name === undefined) continue;
    if (given.has(layer.name))
      throw new ValueError('model/names', 'Two layers of a model have the same name.', {
        got: `"${layer.name}" twice (${given.get(layer.name)?.className}, ${layer.className})`,
        expected: 'names that differ',
        fix: 'rename one of them, or give none: then they are called dense, dense_1, ...',
      });
    given.set(layer.name, layer);
  }
  const names = new NameGiver([...given.keys(), ...inputs.flatMap(({ name }) => name ?? [])]);
  const layerNames = new Map(
    layers.map((layer) => [layer, layer.name ?? names.next(layer.nameStem ?? layer.className)]),
  );
  const inputNames = inputs.map((symbol, i) =>
    typeof inputForm === 'object'
      ? (inputForm[i] as string)
      : (symbol.name ?? names.next('InputLayer')),
  );
  const outputNames = outputs.map(({ source }, i) => {
    if (typeof outputForm === 'object') return outputForm[i] as string;
    return source.kind === 'layer'
      ? (layerNames.get(source.layer) as string)
      : (source.name ?? `output_${i}`);
  });
  return {
    inputs,
    inputForm,
    inputNames,
    outputs,
    outputForm,
    outputNames: outputNames.map((name, i) => {
      const earlier = outputNames.slice(0, i).filter((other) => other === name).length;
      return earlier === 0 ? name : `${name}_${earlier}`;
    }),
    calls,
    layerNames,
  };
}

/** A variable and its path as seen from one model; a nested model adds its name in front. */
export interface PlacedVariable {
  readonly path: string;
  readonly variable: Variable;
}

/** All variables of a graph, layer by layer, each once. */
export function placeVariables(graph: Graph, seed: number | string): PlacedVariable[] {
  const placed: PlacedVariable[] = [];
  const seen = new Set<Variable>();
  const place = (current: Graph, prefix: string, isFrozen: boolean): void => {
    const visited = new Set<Layer>();
    for (const { layer, inputs } of current.calls) {
      if (visited.has(layer)) continue;
      visited.add(layer);
      const path = `${prefix}${current.layerNames.get(layer) as string}`;
      if (isModel(layer)) {
        place(layer.graph, `${path}/`, isFrozen || !layer.trainable);
        continue;
      }
      const shapes = inputs.map(({ shape }) => shape);
      for (const { name, variable } of variablesOf(layer, shapes, path, seed)) {
        if (seen.has(variable)) continue;
        seen.add(variable);
        if (isFrozen) variable.frozen = true;
        placed.push({ path: `${path}/${name}`, variable });
      }
    }
  };
  place(graph, '', false);
  return placed;
}
