import * as ops from '@gradus/tensor';
import type { ActivationAxis, ReluOptions, Tensor, ThresholdOptions } from '@gradus/tensor';
import { NameError, ValueError, nearestName, unknownName } from '@gradus/tensor';
import type { JsonValue, Serialized } from './serialized.js';
import { isSerialized } from './serialized.js';

/** What a layer applies to each of its outputs: a function of one tensor. */
export type Activation = (x: Tensor) => Tensor;

type PlainName =
  | 'linear'
  | 'relu'
  | 'relu6'
  | 'leakyRelu'
  | 'sigmoid'
  | 'tanh'
  | 'softmax'
  | 'logSoftmax'
  | 'softplus'
  | 'softsign'
  | 'elu'
  | 'selu'
  | 'gelu'
  | 'silu'
  | 'mish'
  | 'exponential'
  | 'hardSigmoid'
  | 'hardSilu'
  | 'hardTanh'
  | 'celu'
  | 'glu'
  | 'logSigmoid'
  | 'squareplus'
  | 'softShrink'
  | 'hardShrink'
  | 'tanhShrink'
  | 'sparsePlus'
  | 'sparseSigmoid'
  | 'sparsemax';

/** Typed by the list of names: a name without a function does not compile. */
const byName: Readonly<Record<PlainName, Activation>> = {
  linear: (x) => x,
  relu: (x) => ops.relu(x),
  relu6: (x) => ops.relu6(x),
  leakyRelu: (x) => ops.leakyRelu(x),
  sigmoid: (x) => ops.sigmoid(x),
  tanh: (x) => ops.tanh(x),
  softmax: (x) => ops.softmax(x),
  logSoftmax: (x) => ops.logSoftmax(x),
  softplus: (x) => ops.softplus(x),
  softsign: (x) => ops.softsign(x),
  elu: (x) => ops.elu(x),
  selu: (x) => ops.selu(x),
  gelu: (x) => ops.gelu(x),
  silu: (x) => ops.silu(x),
  mish: (x) => ops.mish(x),
  exponential: (x) => ops.exponential(x),
  hardSigmoid: (x) => ops.hardSigmoid(x),
  hardSilu: (x) => ops.hardSilu(x),
  hardTanh: (x) => ops.hardTanh(x),
  celu: (x) => ops.celu(x),
  glu: (x) => ops.glu(x),
  logSigmoid: (x) => ops.logSigmoid(x),
  squareplus: (x) => ops.squareplus(x),
  softShrink: (x) => ops.softShrink(x),
  hardShrink: (x) => ops.hardShrink(x),
  tanhShrink: (x) => ops.tanhShrink(x),
  sparsePlus: (x) => ops.sparsePlus(x),
  sparseSigmoid: (x) => ops.sparseSigmoid(x),
  sparsemax: (x) => ops.sparsemax(x),
};

const aliases: Readonly<Record<'swish' | 'hardSwish', PlainName>> = {
  swish: 'silu',
  hardSwish: 'hardSilu',
};

interface OptionsByName {
  readonly relu: ReluOptions;
  readonly leakyRelu: { readonly negativeSlope?: number };
  readonly elu: { readonly alpha?: number };
  readonly celu: { readonly alpha?: number };
  readonly gelu: { readonly approximate?: boolean };
  readonly squareplus: { readonly b?: number };
  readonly softShrink: { readonly threshold?: number };
  readonly hardShrink: { readonly threshold?: number };
  readonly threshold: ThresholdOptions;
  readonly softmax: ActivationAxis;
  readonly logSoftmax: ActivationAxis;
  readonly sparsemax: ActivationAxis;
  readonly glu: ActivationAxis;
}

interface Configurable<Options> {
  /** The options that exist; those named with a `!` must be given. */
  readonly options: { readonly [Option in keyof Options]-?: 'number' | 'number!' | 'boolean' };
  apply(x: Tensor, options: Options): Tensor;
}

/** Typed by the list of options: one that is forgotten does not compile. */
const configurable: { readonly [Name in keyof OptionsByName]: Configurable<OptionsByName[Name]> } =
  {
    relu: {
      options: { negativeSlope: 'number', maxValue: 'number', threshold: 'number' },
      apply: ops.relu,
    },
    leakyRelu: { options: { negativeSlope: 'number' }, apply: ops.leakyRelu },
    elu: { options: { alpha: 'number' }, apply: ops.elu },
    celu: { options: { alpha: 'number' }, apply: ops.celu },
    gelu: { options: { approximate: 'boolean' }, apply: ops.gelu },
    squareplus: { options: { b: 'number' }, apply: ops.squareplus },
    softShrink: { options: { threshold: 'number' }, apply: ops.softShrink },
    hardShrink: { options: { threshold: 'number' }, apply: ops.hardShrink },
    threshold: {
      options: { threshold: 'number!', defaultValue: 'number!' },
      apply: ops.threshold,
    },
    softmax: { options: { axis: 'number' }, apply: ops.softmax },
    logSoftmax: { options: { axis: 'number' }, apply: ops.logSoftmax },
    sparsemax: { options: { axis: 'number' }, apply: ops.sparsemax },
    glu: { options: { axis: 'number' }, apply: ops.glu },
  };

/** The activations that can be named by a string. */
export type ActivationName = PlainName | 'swish' | 'hardSwish';

/** An activation with options, such as `{ name: 'leakyRelu', negativeSlope: 0.1 }`. */
export type ActivationWithOptions = {
  readonly [Name in keyof OptionsByName]: { readonly name: Name } & OptionsByName[Name];
}[keyof OptionsByName];

/**
 * What an `activation` option takes: a name, a name with options, a function of a tensor, or nothing. Files hold an
 * activation with options as `{ className, config }`.
 */
export type ActivationLike =
  | ActivationName
  | ActivationWithOptions
  | Activation
  | Serialized
  | null;

const known = (): string[] => [
  ...new Set([...Object.keys(byName), ...Object.keys(aliases), ...Object.keys(configurable)]),
];

function checkOptions(
  name: string,
  kinds: Readonly<Record<string, string>>,
  given: Readonly<Record<string, unknown>>,
): void {
  const options = Object.keys(kinds);
  for (const [option, value] of Object.entries(given)) {
    const kind = kinds[option]?.replace('!', '');
    if (kind === undefined) {
      const nearest = nearestName(option, options);
      throw new NameError(
        'activation/unknown-option',
        `activation ${name} has no option '${option}'.`,
        {
          got: `'${option}'`,
          expected: options.join(', ') || 'no options',
          fix:
            nearest === undefined ? 'use one of the options above' : `did you mean '${nearest}'?`,
        },
      );
    }
    if (typeof value !== kind || Number.isNaN(value))
      throw new ValueError('activation/option', `activation ${name}: ${option} is impossible.`, {
        got: `${option}: ${typeof value === 'number' ? value : JSON.stringify(value)}`,
        expected: `a ${kind}`,
        fix: `give a ${kind}, or leave ${option} out`,
      });
  }
  const missing = options.filter((option) => kinds[option]?.endsWith('!') && !(option in given));
  if (missing.length > 0)
    throw new ValueError(
      'activation/missing',
      `activation ${name} needs ${missing.join(' and ')}.`,
      {
        got: Object.keys(given).join(', ') || 'no options',
        expected: missing.join(', '),
        fix: `for example { name: '${name}', ${options.map((option) => `${option}: 1`).join(', ')} }`,
      },
    );
}

/** An activation with its options fixed, which files remember as `{ className, config }`. */
function withOptions(name: string, given: Readonly<Record<string, unknown>>): Activation {
  if (!Object.hasOwn(configurable, name) && Object.hasOwn(byName, name))
    checkOptions(name, {}, given);
  if (!Object.hasOwn(configurable, name)) throw unknownName('activation', name, known());
  const { options, apply } = configurable[name as 'relu'] as Configurable<object>;
  // Empty options have their defaults, as null has in files.
  const config = Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== null && value !== undefined),
  );
  checkOptions(name, options as Readonly<Record<string, string>>, config);
  const activation: Activation = (x) => apply(x, config);
  return Object.freeze(
    Object.assign(activation, { className: name, config: config as Record<string, JsonValue> }),
  );
}

/**
 * The activation of a name, or the function itself; null is `linear`.
 *
 * @throws NameError with the nearest name for an activation or an option that nobody knows, ValueError for an option that
 * is missing or no number, or for a layer.
 * @example
 * getActivation('relu')(tensor([-1, 2])).toArray(); // => [0, 2]
 * getActivation({ name: 'leakyRelu', negativeSlope: 0.5 })(tensor([-1, 2])).toArray(); // => [-0.5, 2]
 */
export function getActivation(identifier: ActivationLike): Activation {
  if (identifier === null) return byName.linear;
  if (typeof identifier === 'function') return expectFunction(identifier);
  expectKind(identifier);
  const asked = typeof identifier === 'string' ? identifier : nameOf(identifier);
  const name = Object.hasOwn(aliases, asked) ? aliases[asked as 'swish'] : asked;
  const given = typeof identifier === 'string' ? {} : optionsOf(identifier);
  const bare = Object.values(given).every((value) => value === null || value === undefined);
  return bare && Object.hasOwn(byName, name) ? byName[name as PlainName] : withOptions(name, given);
}

function expectKind(identifier: unknown): void {
  if (typeof identifier === 'string') return;
  if (typeof identifier === 'object' && identifier !== null) {
    const { name, className } = identifier as { name?: unknown; className?: unknown };
    if (typeof (name ?? className) === 'string') return;
  }
  throw new ValueError('activation/kind', 'An activation has a name, or is a function.', {
    got: typeof identifier === 'object' ? 'an object without a name' : String(identifier),
    expected: 'a name, a name with options, a function of a tensor, or null',
    fix: "activation: 'relu'",
  });
}

/** Layers are functions too, but of symbolic tensors. */
function expectFunction(identifier: Activation): Activation {
  if (!('build' in identifier)) return identifier;
  throw new ValueError(
    'activation/layer',
    'An activation is a function of a tensor, not a layer.',
    {
      got: `a ${String((identifier as { readonly className?: unknown }).className)} layer`,
      expected: 'a name, a name with options, or a function of a tensor',
      fix: "for example activation: { name: 'leakyRelu', negativeSlope: 0.1 }, or put the layer after this one",
    },
  );
}

function nameOf(identifier: ActivationWithOptions | Serialized): string {
  return isSerialized(identifier) ? identifier.className : identifier.name;
}

function optionsOf(
  identifier: ActivationWithOptions | Serialized,
): Readonly<Record<string, unknown>> {
  if (isSerialized(identifier)) return identifier.config;
  const { name: _, ...options } = identifier;
  return options;
}
