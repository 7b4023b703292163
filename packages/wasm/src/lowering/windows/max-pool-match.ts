import type { ValueId } from '@gradus/tensor/backend';
import type { GraphView } from '../graph-view.js';
import { codeSize, windowGeometry } from './geometry.js';
import type { WindowGeometry, WindowParams } from './geometry.js';

/** More taps than this would make more code than a pass over the windows in memory costs. */
export const MOST_CODE = 1200;

/** The one node that reads a value, if it is one and the value does not leave the graph. */
function onlyUser(view: GraphView, value: ValueId): number | undefined {
  const users = view.users(value);
  return users.length === 1 && !view.isOutput(value) ? users[0] : undefined;
}

/** The only user, when it is this primitive and nobody has it. */
function next(view: GraphView, value: ValueId, name: string): number | undefined {
  const user = onlyUser(view, value);
  if (user === undefined || view.isClaimed(user)) return undefined;
  return view.node(user).primitive.name === name ? user : undefined;
}

const output = (view: GraphView, index: number): ValueId => view.node(index).outputs[0] as ValueId;
const input = (view: GraphView, index: number, i = 0): ValueId =>
  view.node(index).inputs[i] as ValueId;

/** A reduction over the axis of the taps. */
function reducesTaps(view: GraphView, index: number): boolean {
  const { params, inputs } = view.node(index);
  const { axes } = params as { readonly axes: readonly number[] };
  return axes.length === 1 && axes[0] === view.type(inputs[0] as ValueId).shape.length - 2;
}

/** The gradient of a max pooling in the graph: from the comparison with the maximum to what it gives back to x. */
export interface MaxPoolGradient {
  readonly nodes: readonly number[];
  /** Gradient of the result of the pooling. */
  readonly g: ValueId;
  /** Gradient of x. */
  readonly result: ValueId;
  /** Whether the gradient is also cut off where x, the result of a relu, is 0. */
  readonly relu: boolean;
}

/** A max pooling in the graph: windows, their maximum, and its gradients. */
export interface MaxPool {
  readonly nodes: readonly number[];
  readonly x: ValueId;
  readonly maximum: ValueId;
  readonly geometry: WindowGeometry;
  /** What the windows hold where they reach outside of x. */
  readonly outside: number;
  readonly gradients: readonly MaxPoolGradient[];
}

/**
 * Follows the gradient of max: windows that equal the maximum win and share its gradient evenly,
 * `fold(wins * (g / sum(wins)))`. Returns the nodes and the result of `fold`.
 */
function followGradient(
  view: GraphView,
  equal: number,
  unfold: number,
  maximum: ValueId,
): Omit<MaxPoolGradient, 'relu'> | undefined {
  const { inputs } = view.node(equal);
  const windows = output(view, unfold);
  const other = inputs.find((value) => value !== windows);
  if (view.isClaimed(equal) || other === undefined || view.owner(other) !== maximum)
    return undefined;
  const cast = next(view, output(view, equal), 'cast');
  if (cast === undefined) return undefined;
  const wins = output(view, cast);
  if (view.type(wins).dtype !== 'float32' || view.isOutput(wins)) return undefined;
  const users = view.users(wins);
  const named = (name: string): number | undefined =>
    users.find((user) => view.node(user).primitive.name === name && !view.isClaimed(user));
  const [sum, mul] = [named('sum'), named('mul')];
  if (users.length !== 2 || sum === undefined || mul === undefined || !reducesTaps(view, sum))
    return undefined;
  const reshape = next(view, output(view, sum), 'reshape');
  const div = reshape === undefined ? undefined : next(view, output(view, reshape), 'div');
  if (reshape === undefined || div === undefined) return undefined;
  if (input(view, div, 1) !== output(view, reshape)) return undefined;
  const g = input(view, div);
  const { shape } = view.type(g);
  if (shape.at(-2) !== 1 || shape.length !== view.type(windows).shape.length) return undefined;
  if (onlyUser(view, output(view, div)) !== mul) return undefined;
  const fold = next(view, output(view, mul), 'fold');
  if (fold === undefined) return undefined;
  const { params } = view.node(unfold);
  const back = view.node(fold).params as WindowParams;
  const isSame = (['kernel', 'strides', 'dilations', 'low', 'high'] as const).every(
    (name) => back[name].join() === (params as WindowParams)[name].join(),
  );
  const sizes = [output(view, fold), input(view, unfold)].map((value) =>
    view.type(value).shape.join(),
  );
  if (!isSame || sizes[0] !== sizes[1]) return undefined;
  return { nodes: [equal, cast, sum, reshape, div, mul, fold], g, result: output(view, fold) };
}

/** The border that a padding adds to the spatial axes; undefined when it does anything else. */
function border(view: GraphView, index: number): readonly number[] | undefined {
  const { primitive, params } = view.node(index);
  if (primitive.name !== 'pad') return undefined;
  const { low, high, interior } = params as Record<'low' | 'high' | 'interior', readonly number[]>;
  const isOuter = (axis: number): boolean => axis === 0 || axis === low.length - 1;
  const fits = low.every(
    (n, axis) =>
      interior[axis] === 0 &&
      n >= 0 &&
      (high[axis] as number) >= 0 &&
      (!isOuter(axis) || n + (high[axis] as number) === 0),
  );
  return fits ? low.slice(1, -1) : undefined;
}

/** The slice that takes a border off again. */
function withoutBorder(
  view: GraphView,
  gradient: Omit<MaxPoolGradient, 'relu'>,
  low: readonly number[],
  x: ValueId,
): Omit<MaxPoolGradient, 'relu'> | undefined {
  const slice = next(view, gradient.result, 'slice');
  if (slice === undefined) return undefined;
  const { begin, size, step } = view.node(slice).params as Record<
    'begin' | 'size' | 'step',
    readonly number[]
  >;
  const fits =
    begin.join() === [0, ...low, 0].join() &&
    size.join() === view.type(x).shape.join() &&
    step.every((n) => n === 1);
  if (!fits) return undefined;
  return { ...gradient, nodes: [...gradient.nodes, slice], result: output(view, slice) };
}

/** Takes in the gradient of a relu that x is the result of: `select(p <= 0, 0, gradient)`, where x is select(p <= 0, 0, p). */
function withRelu(
  view: GraphView,
  gradient: Omit<MaxPoolGradient, 'relu'>,
  x: ValueId,
): MaxPoolGradient {
  const plain = { ...gradient, relu: false };
  const select = next(view, gradient.result, 'select');
  const relu = view.producer(x);
  if (select === undefined || relu === undefined) return plain;
  if (view.node(relu).primitive.name !== 'select') return plain;
  const [condition, zero, kept] = view.node(select).inputs as readonly [ValueId, ValueId, ValueId];
  const [sameCondition, sameZero, before] = view.node(relu).inputs as readonly [
    ValueId,
    ValueId,
    ValueId,
  ];
  const compare = view.producer(condition);
  const fits =
    kept === gradient.result &&
    condition === sameCondition &&
    view.numberOf(zero) === 0 &&
    view.numberOf(sameZero) === 0 &&
    compare !== undefined &&
    view.node(compare).primitive.name === 'lessEqual' &&
    input(view, compare) === before &&
    view.numberOf(input(view, compare, 1)) === 0 &&
    view.type(output(view, select)).shape.join() === view.type(x).shape.join();
  if (!fits) return plain;
  return {
    nodes: [...gradient.nodes, select],
    g: gradient.g,
    result: output(view, select),
    relu: true,
  };
}

/** Recognises a max pooling by its windows. All that read the windows must be the maximum and its gradients. */
export function matchMaxPool(view: GraphView, unfold: number): MaxPool | undefined {
  const { primitive, params } = view.node(unfold);
  const windows = output(view, unfold);
  if (primitive.name !== 'unfold' || view.isOutput(windows)) return undefined;
  if (view.type(windows).dtype !== 'float32') return undefined;
  const users = view.users(windows);
  const maxima = users.filter((user) => view.node(user).primitive.name === 'max');
  const [max] = maxima;
  if (max === undefined || maxima.length > 1 || !reducesTaps(view, max)) return undefined;
  const maximum = output(view, max);
  const found = users
    .filter((user) => user !== max)
    .map((user) =>
      view.node(user).primitive.name === 'equal'
        ? followGradient(view, user, unfold, maximum)
        : undefined,
    );
  if (found.some((gradient) => gradient === undefined)) return undefined;
  const gradients = found as Omit<MaxPoolGradient, 'relu'>[];
  const inner = input(view, unfold);
  const whole: MaxPool = {
    nodes: [unfold, max],
    x: inner,
    maximum,
    geometry: windowGeometry(view.type(inner).shape, params as WindowParams),
    outside: 0,
    gradients: gradients.map((gradient) => withRelu(view, gradient, inner)),
  };
  const padded = withoutPad(view, whole, gradients, params as WindowParams) ?? whole;
  return codeSize(padded.geometry) > MOST_CODE ? undefined : padded;
}

/** The same pooling on what is padded before it, when nothing else needs the border. */
function withoutPad(
  view: GraphView,
  { nodes, x: padded, maximum }: MaxPool,
  gradients: readonly Omit<MaxPoolGradient, 'relu'>[],
  params: WindowParams,
): MaxPool | undefined {
  const pad = view.producer(padded);
  if (pad === undefined || onlyUser(view, padded) !== nodes[0]) return undefined;
  const low = border(view, pad);
  if (low === undefined || [...params.low, ...params.high].some((n) => n !== 0)) return undefined;
  const x = input(view, pad);
  const inside = gradients.map((gradient) => withoutBorder(view, gradient, low, x));
  if (inside.some((gradient) => gradient === undefined)) return undefined;
  const { value, high } = view.node(pad).params as { value: number; high: readonly number[] };
  return {
    // The node of the padding was visited before and may be someone else's already.
    nodes: view.isClaimed(pad) ? nodes : [...nodes, pad],
    x,
    maximum,
    geometry: windowGeometry(view.type(x).shape, { ...params, low, high: high.slice(1, -1) }),
    outside: value,
    gradients: inside.map((gradient) =>
      withRelu(view, gradient as Omit<MaxPoolGradient, 'relu'>, x),
    ),
  };
}
