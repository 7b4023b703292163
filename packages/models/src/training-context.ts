import { Tensor, foldIn, key } from '@gradus/tensor';
import type { TrainingContext } from './callbacks/callback.js';
import { forward } from './forward.js';
import type { Model } from './model.js';
import type { Programs } from './programs.js';
import type { Batch } from './train-step.js';
import { restoreTraining } from './restore-training.js';

const higherIsBetter =
  /acc|auc|precision|recall|f1|fbeta|r2|iou|correlation|specificity|sensitivity|hit|top_?k|cosine_?similarity/i;

/** What a run knows at the moment; the context that callbacks see is made from it. */
export interface RunState {
  epoch: number;
  stopped: boolean;
  programs: Programs | undefined;
  /** The last batch that ran. */
  batch: Batch | undefined;
}

/** Where text goes. */
export interface Outlets {
  readonly write: (text: string) => void;
  readonly warn: (line: string) => void;
}

/** Standard output and warnings, or the function that the user gave. */
export function outletsOf(print: ((text: string) => void) | undefined): Outlets {
  return {
    write:
      print ??
      ((text) =>
        typeof process === 'undefined' ? console.log(text) : void process.stdout.write(text)),
    warn: (line) => console.warn(line),
  };
}

/** What callbacks see and can do. */
export function trainingContext(
  model: Model,
  mode: TrainingContext['mode'],
  params: TrainingContext['params'],
  run: RunState,
  { write, warn }: Outlets,
): TrainingContext {
  return {
    mode,
    params,
    get epoch() {
      return run.epoch;
    },
    get learningRate() {
      return model.learningRate;
    },
    set learningRate(rate: number) {
      model.learningRate = rate;
    },
    get nextLearningRate() {
      const { plan, optimizerState } = model.programs(undefined);
      return plan.optimizer?.currentLearningRate(optimizerState).item() ?? NaN;
    },
    get iterations() {
      const { plan, optimizerState } = model.programs(undefined);
      return plan.optimizer?.iterations(optimizerState).item() ?? 0;
    },
    stop: () => {
      run.stopped = true;
    },
    startAt: (epoch) => {
      run.epoch = epoch;
    },
    getWeights: () => model.getWeights(),
    setWeights: (weights) => model.setWeights(weights),
    weightPaths: () => model.weightPaths,
    save: (path) => model.save(path),
    toBytes: () => model.toBytes(),
    restore: (bytes, name) => restoreTraining(model, bytes, name),
    swapAverages: () => model.programs(undefined).swapAverages(),
    setAverages: () => model.programs(undefined).setAverages(),
    findNotFinite: (weights) => findNotFinite(model, weights, run),
    print: (line) => write(`${line}\n`),
    write,
    warn,
    isBetterHigher: (name) => {
      const placed = run.programs?.plan.metrics.find((metric) => metric.key === name);
      return placed === undefined ? higherIsBetter.test(name) : placed.metric.direction === 'max';
    },
  };
}

const notFinite = (values: Tensor): number | undefined =>
  (Array.from(values.data) as number[]).find((value) => !Number.isFinite(value));

/** Where the numbers of the last batch stopped being finite, in words. */
function findNotFinite(
  model: Model,
  weights: readonly Tensor[],
  { programs, batch }: RunState,
): string {
  if (programs === undefined || batch === undefined) return 'no batch has run';
  const paths = model.weightPaths;
  for (const [i, weight] of weights.entries()) {
    const value = notFinite(weight);
    if (value !== undefined) return `the weight "${paths[i]}" held ${value} before it`;
  }
  for (const [i, x] of batch.x.entries()) {
    const value = notFinite(x);
    if (value !== undefined) return `the input "${model.graph.inputNames[i]}" held ${value}`;
  }
  const values = new Map(model.weights.map((variable, i) => [variable, weights[i] as Tensor]));
  let place: string | undefined;
  const observe = (path: string, output: Tensor): void => {
    const value = place === undefined ? notFinite(output) : undefined;
    if (value !== undefined) place = `the layer "${path}" was the first to give ${value}`;
  };
  const inputs = batch.x.map((x, i) => x.cast(model.graph.inputs[i]?.dtype ?? 'float32'));
  // The same dropout as in the step: its key follows the number of steps before.
  const stepKey = foldIn(key(model.seed), programs.step.sub(1));
  forward(model.graph, inputs, { training: true, key: stepKey, values, losses: [], observe });
  return place ?? 'all layers gave finite numbers, but the loss is not';
}
