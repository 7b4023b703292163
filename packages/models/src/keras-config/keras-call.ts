import type { CallOptions, Layer, SymbolicTensor } from '@gradus/layers';
import type { Symbols } from '../graph.js';
import { isModel } from '../graph.js';
import { camelCase } from './camel.js';
import { isKerasObject, isRecord } from './keras-object.js';
import { UnsupportedKerasError } from './unsupported-keras-error.js';

/** A tensor in a graph: a layer's name, which of its calls, and which output of that call. */
export type TensorHistory = readonly [name: string, node: number, tensor: number];

/** One call of a layer as Keras writes it. */
export interface KerasCall {
  readonly name: string;
  readonly layer: Layer;
  readonly node: number;
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
}

/** Tensors that a call got, wherever they stand in its arguments. */
export function historiesIn(value: unknown): TensorHistory[] {
  if (Array.isArray(value)) return value.flatMap(historiesIn);
  if (isKerasObject(value))
    return value.class_name === '__keras_tensor__'
      ? [(value.config as { keras_history: TensorHistory }).keras_history]
      : [];
  return isRecord(value) ? Object.values(value).flatMap(historiesIn) : [];
}

/** Names under which the input itself may be given. */
const inputNames = new Set(['inputs', 'x', 'input', 'sequences']);

const isNothing = (value: unknown): boolean => value === null || value === false;

type Find = (history: TensorHistory) => SymbolicTensor;

/** A value of an argument, with its tensors found. */
function valueOf(value: unknown, find: Find): unknown {
  if (Array.isArray(value)) return value.map((item) => valueOf(item, find));
  const [history] = historiesIn(value);
  return history === undefined ? value : find(history);
}

function refuse({ name, layer }: KerasCall, what: string): never {
  throw new UnsupportedKerasError(layer.className, `layer "${name}" is called with ${what}`);
}

/** Arguments by name: those that stand in a row get the names that they have in the layer. */
function split(call: KerasCall): {
  readonly inputs: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
} {
  const { layer, args, kwargs } = call;
  const inputs: unknown[] = [];
  const options: Record<string, unknown> = {};
  const roles = layer.inputNames;
  const taken: readonly string[] = layer.callOptions ?? [];
  const others = [...taken, 'mask', 'training'];
  args.forEach((value, i) => {
    const isInput = i === 0 || (roles === undefined ? taken.length === 0 : i < roles.length);
    if (isInput && historiesIn(value).length > 0) inputs[i] = value;
    else if (isNothing(value)) return;
    else {
      const name = others[i - (roles?.length ?? 1)];
      if (isInput || name === undefined) refuse(call, JSON.stringify(value));
      else options[name] = value;
    }
  });
  for (const [key, value] of Object.entries(kwargs)) {
    if (isNothing(value)) continue;
    const name = camelCase(key);
    const role = roles?.indexOf(name) ?? -1;
    if (role >= 0) inputs[role] = value;
    else if (inputNames.has(key)) inputs[0] = value;
    // Whether it trains is the model's to say: Keras writes what it was when the graph was drawn, and ignores it.
    else if (name !== 'training' && !others.includes(name)) refuse(call, key);
    else options[name] = value;
  }
  delete options['training'];
  return { inputs: inputs.filter((input) => input !== undefined), options };
}

/**
 * What a call gets, in the form that our layer expects.
 *
 * @throws UnsupportedKerasError for arguments that the layer does not take.
 */
export function readCall(
  call: KerasCall,
  find: Find,
): { readonly x: Symbols; readonly options: CallOptions } {
  const { inputs, options } = split(call);
  const read = Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, valueOf(value, find)]),
  ) as CallOptions;
  const [first] = inputs;
  if (isRecord(first) && !isKerasObject(first)) {
    const names = isModel(call.layer) ? call.layer.graph.inputNames : Object.keys(first);
    const x = names.map((name) => find(historiesIn(first[name])[0] as TensorHistory));
    return { x, options: read };
  }
  const all = historiesIn(inputs).map(find);
  const isList = Array.isArray(first) || all.length > 1;
  return { x: isList ? all : (all[0] as SymbolicTensor), options: read };
}
