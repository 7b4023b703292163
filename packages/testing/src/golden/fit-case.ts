import { compileFromKerasConfig, fromKerasConfig } from '@gradus/models';
import type { Model } from '@gradus/models';
import { Tensor } from '@gradus/tensor';
import { Comparison } from './comparison.js';
import { callbackOf } from './callback-of.js';
import type { SavedCallback } from './callback-of.js';
import { isSaved, readTensor, readTree } from './format.js';
import type { GoldenCase, Saved, Tolerance } from './format.js';
import { camelCase } from './keras-names.js';

type Histories = Readonly<Record<string, readonly (number | string)[]>>;
type Numbers = Readonly<Record<string, number | string>>;

interface FitCase {
  readonly name: string;
  readonly kind: string;
  readonly model: unknown;
  readonly weights: readonly (Saved | { readonly tensor: Saved })[];
  readonly compile: unknown;
  readonly data: {
    readonly x: unknown;
    readonly y: unknown;
    readonly sampleWeight?: unknown;
    readonly validation?: unknown;
  };
  readonly fit: Readonly<Record<string, unknown>>;
  readonly callbacks?: readonly SavedCallback[];
  readonly result: {
    readonly historyKeys: readonly string[];
    readonly history: Histories;
    readonly epochs: readonly number[];
    readonly weights: readonly Saved[];
    readonly evaluate: Numbers;
    readonly predict: unknown;
    readonly evaluateList?: readonly (number | string)[] | number;
    readonly params?: { readonly epochs: number; readonly steps: number | null };
    /** Steps of the optimizer. */
    readonly iterations?: number | null;
    readonly learningRate?: number | null;
    readonly stdout?: string;
  };
  readonly alternatives?: {
    readonly tensorflow?: { readonly history?: Histories; readonly evaluate?: Numbers };
  } | null;
  readonly tolerance: {
    readonly history: Tolerance;
    readonly evaluate: Tolerance;
    readonly predict: Tolerance;
    readonly weights: { readonly rtol: number; readonly atolPerWeight: readonly (number | null)[] };
  };
}

/** Numbers by name: those of the oracle, or those that Keras has on its other backend by design. */
function compareNamed(
  what: string,
  got: Histories,
  want: Histories,
  other: Histories | undefined,
  tolerance: Tolerance,
  check: Comparison,
): void {
  for (const [name, values] of Object.entries(want)) {
    const list = (got[name] ?? []) as readonly number[];
    const alternative = other?.[name];
    if (alternative !== undefined) {
      const trial = new Comparison();
      trial.numbers(name, list, alternative, tolerance);
      if (trial.faults.length === 0) continue;
    }
    check.numbers(`${what} ${name}`, list, values, tolerance);
  }
}

const listsOf = (numbers: Numbers | undefined): Histories | undefined =>
  numbers && Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, [value]]));

function leaves(value: unknown): unknown[] {
  if (value instanceof Tensor || isSaved(value)) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(leaves);
}

const listLength = ({ evaluateList }: FitCase['result']): number =>
  Array.isArray(evaluateList) ? evaluateList.length : 1;

/** How far the optimizer has come, and its rate where no schedule decides it. */
function compareOptimizer(model: Model, want: FitCase['result'], check: Comparison): void {
  const { plan, optimizerState } = model.programs(undefined);
  const { optimizer } = plan;
  if (optimizer === undefined) return;
  if (typeof want.iterations === 'number')
    check.equal('iterations', optimizer.iterations(optimizerState).item(), want.iterations);
  if (typeof want.learningRate === 'number')
    check.numbers(
      'learning rate',
      [optimizer.currentLearningRate(optimizerState).item()],
      [want.learningRate],
      { rtol: 1e-5, atol: 0 },
    );
}

/** kind `fit`: a whole training: histories, weights, evaluation, prediction and messages. */
export async function runFit(golden: GoldenCase, check: Comparison): Promise<void> {
  const c = golden as unknown as FitCase;
  const callbacks = (c.callbacks ?? []).map((saved) => callbackOf(saved));
  const model = fromKerasConfig(c.model);
  model.setWeights(c.weights.map((weight) => readTensor(isSaved(weight) ? weight : weight.tensor)));
  compileFromKerasConfig(model, c.compile);
  const options = Object.fromEntries(
    Object.entries(c.fit).map(([key, value]) => [camelCase(key), value]),
  );
  const weighting = c.data.sampleWeight ? { sampleWeight: readTree(c.data.sampleWeight) } : {};
  const validation = readTree(c.data.validation ?? null) as
    | readonly unknown[]
    | Record<string, unknown>
    | null;
  const x = readTree(c.data.x);
  const y = readTree(c.data.y);
  let printed = '';
  const result = await model.fit(x, y, {
    ...options,
    ...weighting,
    ...(validation === null
      ? {}
      : { validationData: Array.isArray(validation) ? validation : Object.values(validation) }),
    callbacks,
    verbose: 0,
    print: (text) => (printed += text),
  });
  const { tolerance, result: want } = c;
  const other = c.alternatives?.tensorflow;
  check.equal('epochs', [...result.epoch], want.epochs);
  check.equal('keys of the history', Object.keys(result.history), want.historyKeys);
  compareNamed('history', result.history, want.history, other?.history, tolerance.history, check);
  if (want.params !== undefined) {
    const { epochs, steps } = result.params;
    check.equal('params', [epochs, steps ?? null], [want.params.epochs, want.params.steps]);
  }
  compareOptimizer(model, want, check);
  model.getWeights().forEach((weight, i) => {
    const atol = tolerance.weights.atolPerWeight[i] ?? null;
    if (atol !== null)
      check.tensor(`weight ${i}`, weight, want.weights[i], { rtol: tolerance.weights.rtol, atol });
  });
  const batchSize =
    typeof c.fit['batch_size'] === 'number' ? { batchSize: c.fit['batch_size'] } : {};
  const evaluated = await model.evaluate(x, y, { ...batchSize, ...weighting });
  compareNamed(
    'evaluate',
    listsOf(evaluated) as Histories,
    listsOf(want.evaluate) as Histories,
    listsOf(other?.evaluate),
    tolerance.evaluate,
    check,
  );
  // Keras repeats a metric in the list whose name two metrics share; then the numbers by name are what can be compared.
  const isComplete = want.evaluateList && Object.keys(evaluated).length === listLength(want);
  if (Array.isArray(want.evaluateList) && isComplete && other?.evaluate === undefined)
    check.numbers('list', Object.values(evaluated), want.evaluateList, tolerance.evaluate);
  const predicted = leaves(model.predict(x, batchSize)) as Tensor[];
  const wanted = leaves(want.predict) as Saved[];
  check.equal('number of predictions', predicted.length, wanted.length);
  predicted.forEach((p, i) => check.tensor(`prediction ${i}`, p, wanted[i], tolerance.predict));
  if (want.stdout !== undefined) check.equal('messages', printed, want.stdout);
}
