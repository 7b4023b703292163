import { asLayerResult } from '@gradus/layers';
import type { CallContext } from '@gradus/layers';
import { foldIn, full, key } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import type { Comparison } from './comparison.js';
import { Unsupported } from './format.js';
import type { GoldenCase } from './format.js';
import { layerOf } from './layer-case.js';

interface StatisticsCase extends GoldenCase {
  readonly inputShape: readonly (readonly number[])[];
  readonly inputFill: number;
  readonly facts: Readonly<Record<string, unknown>>;
}

interface Draw {
  readonly values: readonly number[];
  readonly tensor: Tensor;
  readonly facts: Readonly<Record<string, unknown>>;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, v) => sum + v, 0) / values.length;

function expectNear(what: string, got: number, want: number, off: number, check: Comparison): void {
  check.expect(Math.abs(got - want) <= off, `${what} is ${got}, expected ${want} ± ${off}`);
}

const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-5 * Math.abs(b);

/** Along the axes all values are equal: they were drawn together. */
function isShared({ tensor }: Draw, axis: readonly number[]): boolean {
  return String(tensor.max({ axis }).data) === String(tensor.min({ axis }).data);
}

/** What each fact means. A tolerance belongs to the fact of its name, and some expectations come without one. */
const facts: Readonly<Record<string, (draw: Draw, check: Comparison) => void>> = {
  zeroFraction({ values, facts: f }, check) {
    const share = values.filter((v) => v === 0).length / values.length;
    const off = f['zeroFractionTolerance'] as number;
    expectNear('the share of zeros', share, f['zeroFraction'] as number, off, check);
  },
  keptValue({ values, facts: f }, check) {
    const dropped = (f['droppedValue'] ?? 0) as number;
    const wrong = values.find(
      (v) => v !== dropped && !isNear(v, dropped) && !isNear(v, f['keptValue'] as number),
    );
    check.expect(
      wrong === undefined,
      `a kept value is ${wrong}, expected ${f['keptValue'] as number}`,
    );
  },
  droppedFraction({ values, facts: f }, check) {
    const share =
      values.filter((v) => isNear(v, f['droppedValue'] as number)).length / values.length;
    const off = f['fractionTolerance'] as number;
    expectNear('the share of dropped values', share, f['droppedFraction'] as number, off, check);
  },
  mean({ values, facts: f }, check) {
    const off = f['meanTolerance'];
    if (typeof off === 'number')
      expectNear('the mean', mean(values), f['mean'] as number, off, check);
  },
  std({ values, facts: f }, check) {
    const centre = mean(values);
    const std = Math.sqrt(mean(values.map((v) => (v - centre) ** 2)));
    expectNear(
      'the standard deviation',
      std,
      f['std'] as number,
      f['stdTolerance'] as number,
      check,
    );
  },
  rowsAreAllZeroOrAllKept(draw, check) {
    check.expect(isShared(draw, [1]), 'a row is neither dropped nor kept as a whole');
  },
  wholeChannelsDropped(draw, check) {
    const axes = draw.facts['sharedAxes'] as readonly number[];
    check.expect(isShared(draw, axes), 'a channel is neither dropped nor kept as a whole');
  },
};

/** Facts that only say more about another one. */
const details = new Set([
  'zeroFractionTolerance',
  'meanTolerance',
  'stdTolerance',
  'droppedValue',
  'fractionTolerance',
  'sharedAxes',
]);

/** kind `layerStatistics`: shares and values of one random draw; the draw itself is nobody's promise. */
export function runLayerStatistics(golden: GoldenCase, check: Comparison): void {
  const c = golden as StatisticsCase;
  const layer = layerOf(c);
  const names = Object.keys(c.facts).filter((name) => !details.has(name));
  const unknown = names.filter((name) => !Object.hasOwn(facts, name));
  if (unknown.length > 0)
    throw new Unsupported(`facts about random layers are not checked yet (${unknown.join(', ')})`);
  const context: CallContext = {
    training: true,
    key: (purpose = '') => foldIn(key(11), purpose),
    mask: null,
    masks: [],
  };
  const input = full(c.inputShape[0] as readonly number[], c.inputFill);
  layer.build(input.shape);
  const tensor = asLayerResult(layer.call({}, input, context)).output as Tensor;
  const draw: Draw = { values: Array.from(tensor.data), tensor, facts: c.facts };
  for (const name of names) facts[name]?.(draw, check);
}
