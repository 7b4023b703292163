import type { Tensor } from '@gradus/tensor';

/** What a metric has added up so far: tensors by name. */
export type MetricState = Readonly<Record<string, Tensor>>;

/** Options that every metric takes. */
export interface MetricOptions {
  /** How logs call it. Default: the camelCase name of the metric. */
  readonly name?: string;
}

/** Which way is better: used by early stopping and by checkpoints. */
export type Direction = 'max' | 'min';

/**
 * A number that tells people how good a model is, added up batch by batch. All functions are pure and made of tensor
 * operations, so a metric becomes part of the compiled step and costs no read per batch.
 */
export interface Metric {
  /** Keras' class name, as in saved files. */
  readonly className: string;
  readonly name: string;
  /** Plain JSON from which the metric can be made again, in camelCase. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly direction: Direction;
  /** Whether a mask on the prediction weighs the samples. Metrics that count (precision, AUC) do not look at it. */
  readonly usesMask: boolean;
  /** The state before the first batch. `predictionShape` is needed by metrics that keep a number per output. */
  init(predictionShape?: readonly (number | null)[]): MetricState;
  update(
    state: MetricState,
    target: Tensor,
    prediction: Tensor,
    sampleWeight?: Tensor | null,
  ): MetricState;
  /** The value over all batches so far. */
  result(state: MetricState): Tensor;
}

/** A tensor of a state; states come from `init` of the same metric, so a missing one is a fault of the caller. */
export function part(state: MetricState, name: string): Tensor {
  const tensor = state[name];
  if (tensor === undefined)
    throw new TypeError(`The metric state has no '${name}'; make it with init of the same metric.`);
  return tensor;
}
