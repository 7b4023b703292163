import type { Graph, GraphNode, ValueId } from '@gradus/tensor/backend';

/** Parameters of `scan`, as the tensor package gives them. */
export interface ScanParams {
  readonly body: Graph;
  readonly length: number;
  readonly reverse: boolean;
  readonly carryCount: number;
  readonly stepCount: number;
}

/** A scan with its lists taken apart. Lists of the node and of its body run in parallel. */
export interface ScanNode extends ScanParams {
  readonly carries: readonly ValueId[];
  readonly steps: readonly ValueId[];
  readonly captured: readonly ValueId[];
  /** What was carried last, all that was carried, and what each step gave. */
  readonly last: readonly ValueId[];
  readonly history: readonly ValueId[];
  readonly results: readonly ValueId[];
  /** The same inside of the body. */
  readonly inside: {
    readonly carries: readonly ValueId[];
    readonly steps: readonly ValueId[];
    readonly captured: readonly ValueId[];
    readonly results: readonly ValueId[];
  };
}

/** Takes the lists of a scan apart. */
export function scanNode({ inputs, outputs, params }: GraphNode): ScanNode {
  const scan = params as ScanParams;
  const { carryCount, stepCount, body } = scan;
  const split = (list: readonly ValueId[]): readonly [ValueId[], ValueId[], ValueId[]] => [
    list.slice(0, carryCount),
    list.slice(carryCount, carryCount + stepCount),
    list.slice(carryCount + stepCount),
  ];
  const [carries, steps, captured] = split(inputs);
  const [carriesInside, stepsInside, capturedInside] = split(body.inputs);
  return {
    ...scan,
    carries,
    steps,
    captured,
    last: outputs.slice(0, carryCount),
    history: outputs.slice(carryCount, 2 * carryCount),
    results: outputs.slice(2 * carryCount),
    inside: {
      carries: carriesInside,
      steps: stepsInside,
      captured: capturedInside,
      results: body.outputs.slice(carryCount),
    },
  };
}

/** Memory that a rewritten loop may use for the stack of a value that it did not keep before. */
const LARGEST_STACK_BYTES = 2 ** 26;

/** Whether all steps of a value of the body are worth keeping in memory. */
export function fitsStack({ body, length }: ScanParams, value: ValueId): boolean {
  const { shape } = body.types[value] as { readonly shape: readonly number[] };
  return 4 * shape.reduce((size, n) => size * n, length) <= LARGEST_STACK_BYTES;
}
