import { fromConfig, getInitializer } from '@gradus/layers';
import type { Initializer, ParameterSpec } from '@gradus/layers';
import { key } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import type { Comparison } from './comparison.js';
import { Unsupported, toleranceOf } from './format.js';
import type { GoldenCase, Saved } from './format.js';
import { translateConfig } from './keras-names.js';

interface InitializerCase extends GoldenCase {
  readonly args?: Readonly<Record<string, unknown>> | null;
  readonly shape: readonly number[];
  readonly output?: Saved;
  /** The shape of the input, or of each. */
  readonly build?: unknown;
  readonly weight?: string;
  readonly facts: Readonly<Record<string, number | string | boolean | readonly number[]>>;
}

const make = (c: GoldenCase): Initializer =>
  getInitializer({ className: c.className, config: translateConfig(c.config) } as never);

const draw = (c: InitializerCase, seed = 7): Tensor => make(c)(c.shape, 'float32', key(seed));

/** kind `initializerExact`: initializers that draw nothing. */
export function runInitializerExact(golden: GoldenCase, check: Comparison): void {
  const c = golden as InitializerCase;
  if (c.className === 'LSTMBias') {
    checkForgetBias(c, check);
    return;
  }
  // Keras does not write the gain of Identity: only the diagonal tells it, and the rest of the matrix is compared.
  const gain = c.className === 'Identity' ? { gain: c.output?.data[0] ?? 1 } : {};
  const config = { ...gain, ...c.config, ...c.args };
  check.tensor('output', draw({ ...c, config }), c.output, toleranceOf(c, 'outputs'));
}

/** What the bias of an LSTM starts with: ones for the forget gate. */
function checkForgetBias(c: InitializerCase, check: Comparison): void {
  const layer = fromConfig({
    className: 'LSTM',
    config: translateConfig({ ...c.config, ...c.args }) as never,
  });
  const spec = specNamed(layer.build([null, null, 1]), 'bias');
  if (spec === undefined) throw new Unsupported('the bias of LSTM is not supported yet');
  check.tensor(
    'output',
    spec.initializer(spec.shape, 'float32', key(7)),
    c.output,
    toleranceOf(c, 'outputs'),
  );
}

/** A parameter by Keras' dotted name; what is inside of a layer may be named by its last part alone. */
function specNamed(
  specs: Readonly<Record<string, ParameterSpec>>,
  name: string,
): ParameterSpec | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const wanted = plain(name);
  const last = plain(name.split('.').at(-1) ?? name);
  const entries = Object.entries(specs);
  const found =
    entries.find(([key]) => plain(key) === wanted) ??
    entries.find(([key]) => plain(key) === last) ??
    entries.find(([key]) => plain(key).endsWith(wanted));
  return found?.[1];
}

function checkFacts(
  values: ArrayLike<number>,
  facts: InitializerCase['facts'],
  check: Comparison,
): void {
  const list = Array.from(values);
  const mean = list.reduce((sum, v) => sum + v, 0) / list.length;
  const std = Math.sqrt(list.reduce((sum, v) => sum + (v - mean) ** 2, 0) / list.length);
  const limit = facts['limit'];
  // Numbers are float32, so a bound may be met with its last digit rounded up.
  if (typeof limit === 'number')
    check.expect(
      list.every((v) => Math.abs(v) <= limit * (1 + 1e-6)),
      `a number lies beyond the limit ${limit}`,
    );
  const within = (name: string, got: number): void => {
    const want = facts[name];
    const tolerance = facts[`${name}Tolerance`];
    if (typeof want === 'number' && typeof tolerance === 'number')
      check.expect(
        Math.abs(got - want) <= tolerance,
        `${name} is ${got}, expected ${want} ± ${tolerance}`,
      );
  };
  within('mean', mean);
  within('std', std);
}

/** kind `initializerRandom`: mean, spread and limits of one draw; the numbers themselves are nobody's promise. */
export function runInitializerRandom(golden: GoldenCase, check: Comparison): void {
  const c = golden as InitializerCase;
  checkFacts(draw(c).data, c.facts, check);
}

/** kind `initializerOrthogonal`: columns (or rows) are orthogonal and have the length of the gain. */
export function runInitializerOrthogonal(golden: GoldenCase, check: Comparison): void {
  const c = golden as InitializerCase;
  const { flattenTo, gramIs, gramEquals, tolerance } = c.facts as unknown as {
    flattenTo: readonly number[];
    gramIs: string;
    gramEquals: number;
    tolerance: number;
  };
  const flat = draw(c).reshape(flattenTo);
  const rows = gramIs === 'columns' ? flat.transpose() : flat;
  const gram = rows.matmul(rows.transpose());
  const n = gram.shape[0] as number;
  const want = Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? gramEquals : 0));
  check.numbers('Gram matrix', gram.data, want, { rtol: 0, atol: tolerance });
}

/** kind `initializerLayerFan`: the limit of the weight that a layer draws. */
export function runInitializerLayerFan(golden: GoldenCase, check: Comparison): void {
  const c = golden as InitializerCase;
  const layer = fromConfig({
    className: c.className ?? '',
    config: translateConfig(c.config) as never,
  });
  const spec = specNamed(layer.build(c.build as never), c.weight ?? 'kernel');
  if (spec === undefined)
    throw new Unsupported(`the weight ${c.weight} of ${c.className} is not supported yet`);
  check.equal('shape', spec.shape, c.shape);
  const { data } = spec.initializer(spec.shape, 'float32', key(7));
  checkFacts(data, c.facts, check);
  const limit = c.facts['limit'] as number;
  const largest = Array.from(data).reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  check.expect(
    largest > 0.9 * limit,
    `the largest number is ${largest}, far from the limit ${limit}`,
  );
}

/** kind `initializerSeed`: here a draw depends on its key alone, which is Keras' promise for a given seed. */
export function runInitializerSeed(golden: GoldenCase, check: Comparison): void {
  const c = golden as InitializerCase;
  check.equal('two instances with one seed', draw(c).toArray(), draw(c).toArray());
  const unseeded = { ...c, config: { ...c.config, seed: null } };
  check.expect(
    JSON.stringify(draw(unseeded, 1).toArray()) !== JSON.stringify(draw(unseeded, 2).toArray()),
    'two draws with different keys are equal',
  );
}
