import {
  ValueError,
  argMax,
  arange,
  eye,
  full,
  matmul,
  sum,
  take,
  tensor,
  where,
  zeros,
} from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { part } from './metric.js';
import type { Metric, MetricOptions } from './metric.js';
import { asFloat } from './ranks.js';

/** Options that all overlaps take. */
interface OverlapOptions extends MetricOptions {
  /** In what the pixels are counted: with 'int32', as Keras has it, weights lose their fractions. Default 'int32'. */
  readonly dtype?: 'int32' | 'float32';
}

/** Options of `meanIoU`. */
export interface MeanIoUOptions extends OverlapOptions {
  readonly numClasses: number;
  /** Pixels of this class in the target do not count ("void"). Default null. */
  readonly ignoreClass?: number | null;
  /** Whether targets are class indices; else the largest of each axis is taken. Default true. */
  readonly sparseYTrue?: boolean;
  /** Whether predictions are class indices; else the largest of each axis is taken. Default true. */
  readonly sparseYPred?: boolean;
  /** Where the classes lie in what is not sparse. Default -1. */
  readonly axis?: number;
}

/** Options of `iou`. */
export interface IoUOptions extends MeanIoUOptions {
  /** The classes whose mean is wanted. */
  readonly targetClassIds: readonly number[];
}

/** Options of `oneHotMeanIoU`. */
export interface OneHotMeanIoUOptions extends Omit<MeanIoUOptions, 'sparseYTrue' | 'sparseYPred'> {
  /** Whether predictions are class indices. Default false. */
  readonly sparseYPred?: boolean;
}

/** Options of `oneHotIoU`. */
export interface OneHotIoUOptions extends OneHotMeanIoUOptions {
  /** The classes whose mean is wanted. */
  readonly targetClassIds: readonly number[];
}

/** Options of `binaryIoU`. */
export interface BinaryIoUOptions extends OverlapOptions {
  /** 0 for the background, 1 for what is marked, both for their mean. Default [0, 1]. */
  readonly targetClassIds?: readonly number[];
  /** Predictions from it on are class 1. Default 0.5. */
  readonly threshold?: number;
}

const EPSILON = 1e-7;

/** Whole numbers of any dtype as float32, which holds those of classes exactly. */
const whole = (x: Tensor): Tensor => x.cast('int32').cast('float32');

interface Definition {
  readonly className: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly numClasses: number;
  readonly targetClassIds: readonly number[];
  readonly ignoreClass: number | null;
  readonly classesOf: {
    readonly target: (target: Tensor) => Tensor;
    readonly prediction: (prediction: Tensor) => Tensor;
  };
}

function overlap(definition: Definition, options: OverlapOptions): Metric {
  const { className, numClasses, targetClassIds, ignoreClass, classesOf } = definition;
  const { name = definition.name, dtype = 'int32' } = options;
  const wrong = targetClassIds.find((id) => !Number.isInteger(id) || id < 0 || id >= numClasses);
  if (!Number.isInteger(numClasses) || numClasses < 1 || wrong !== undefined)
    throw new ValueError('metric/classes', `${name} has no such class.`, {
      got: wrong === undefined ? `numClasses ${numClasses}` : `class ${wrong} of ${numClasses}`,
      expected: `classes 0 to ${Math.max(0, numClasses - 1)}`,
      fix: 'count the classes of the data: numClasses is the largest index plus 1',
    });
  return {
    className,
    name,
    config: { name, ...definition.config, ...(dtype === 'int32' ? {} : { dtype }) },
    direction: 'max',
    usesMask: false,
    init: () => ({ matrix: zeros([numClasses, numClasses]) }),
    update: (state, target, prediction, sampleWeight) => {
      const t = whole(classesOf.target(target)).reshape([-1]);
      const p = whole(classesOf.prediction(prediction)).reshape([-1]);
      const inRange = (x: Tensor): Tensor => x.greaterEqual(0).and(x.less(numClasses));
      const known = inRange(t).and(inRange(p));
      const counts = ignoreClass === null ? known : known.and(t.notEqual(ignoreClass));
      const given = sampleWeight ? asFloat(sampleWeight).reshape([-1]) : full([1], 1);
      const weight = where(counts, dtype === 'int32' ? whole(given) : given, 0);
      const classes = arange(numClasses);
      const rows = asFloat(t.reshape([1, -1]).equal(classes.reshape([-1, 1])));
      const columns = asFloat(p.reshape([-1, 1]).equal(classes.reshape([1, -1])));
      return {
        matrix: part(state, 'matrix').add(matmul(rows.mul(weight.reshape([1, -1])), columns)),
      };
    },
    result: (state) => {
      const matrix = part(state, 'matrix');
      const both = sum(matrix.mul(eye(numClasses)), { axis: 0 });
      const either = sum(matrix, { axis: 0 })
        .add(sum(matrix, { axis: 1 }))
        .sub(both);
      const ids = tensor(targetClassIds, { dtype: 'int32' });
      const [hits, all] = [take(both, ids), take(either, ids)];
      const isPresent = all.greater(1e-9);
      const ratios = where(isPresent, hits.div(all.add(EPSILON)), 0);
      const present = sum(asFloat(isPresent));
      return where(present.equal(0), 0, sum(ratios).div(present.maximum(1)));
    },
  };
}

/** The class of each position: as it is, or where the largest number stands. */
const decode =
  (sparse: boolean, axis: number) =>
  (x: Tensor): Tensor =>
    sparse ? x : argMax(x, { axis });

function ofClasses(
  className: string,
  defaultName: string,
  options: MeanIoUOptions,
  targetClassIds: readonly number[],
  config: Readonly<Record<string, unknown>>,
): Metric {
  const { numClasses, ignoreClass = null, axis = -1 } = options;
  const { sparseYTrue = true, sparseYPred = true } = options;
  return overlap(
    {
      className,
      name: defaultName,
      config: { numClasses, ...config, ignoreClass, axis },
      numClasses,
      targetClassIds,
      ignoreClass,
      classesOf: { target: decode(sparseYTrue, axis), prediction: decode(sparseYPred, axis) },
    },
    options,
  );
}

const everyClass = (numClasses: number): number[] =>
  Array.from({ length: numClasses }, (_, id) => id);

/**
 * How much the predicted area of a class and its true area overlap: what both share over what either covers,
 * `TP / (TP + FP + FN)`, as a mean over some classes. Classes that occur nowhere are left out.
 *
 * @param options `numClasses`, `targetClassIds`; `ignoreClass` null, `sparseYTrue` and `sparseYPred` true, `axis` -1.
 * @throws ValueError for a class that does not exist.
 * @example
 * const m = iou({ numClasses: 2, targetClassIds: [0] });
 * m.result(m.update(m.init(), tensor([0, 0, 1, 1]), tensor([0, 1, 0, 1]))).item().toFixed(3); // => '0.333'
 */
export function iou(options: IoUOptions): Metric {
  const { targetClassIds, sparseYTrue = true, sparseYPred = true } = options;
  const config = { targetClassIds: [...targetClassIds], sparseYTrue, sparseYPred };
  return ofClasses('IoU', 'iou', options, targetClassIds, config);
}

/** `iou` over all classes. */
export function meanIoU(options: MeanIoUOptions): Metric {
  const { sparseYTrue = true, sparseYPred = true } = options;
  const config = { sparseYTrue, sparseYPred };
  return ofClasses('MeanIoU', 'meanIoU', options, everyClass(options.numClasses), config);
}

/** `iou` for one-hot targets and predictions that are a number per class. */
export function oneHotIoU(options: OneHotIoUOptions): Metric {
  const { targetClassIds, sparseYPred = false } = options;
  const config = { targetClassIds: [...targetClassIds], sparseYPred };
  const all = { ...options, sparseYTrue: false, sparseYPred };
  return ofClasses('OneHotIoU', 'oneHotIoU', all, targetClassIds, config);
}

/** `oneHotIoU` over all classes. */
export function oneHotMeanIoU(options: OneHotMeanIoUOptions): Metric {
  const { sparseYPred = false } = options;
  const all = { ...options, sparseYTrue: false, sparseYPred };
  return ofClasses('OneHotMeanIoU', 'oneHotMeanIoU', all, everyClass(options.numClasses), {
    sparseYPred,
  });
}

/**
 * `iou` of a mask and its background, for predictions between 0 and 1.
 *
 * @param options `targetClassIds` [0, 1], `threshold` 0.5.
 * @example
 * const m = binaryIoU({ targetClassIds: [1] });
 * m.result(m.update(m.init(), tensor([0, 1, 1]), tensor([0.1, 0.5, 0.4]))).item().toFixed(3); // => '0.500'
 */
export function binaryIoU(options: BinaryIoUOptions = {}): Metric {
  const { targetClassIds = [0, 1], threshold = 0.5 } = options;
  return overlap(
    {
      className: 'BinaryIoU',
      name: 'binaryIoU',
      config: { targetClassIds: [...targetClassIds], threshold },
      numClasses: 2,
      targetClassIds,
      ignoreClass: null,
      classesOf: {
        target: (target) => target,
        prediction: (prediction) =>
          asFloat(asFloat(prediction).greaterEqual(Math.fround(threshold))),
      },
    },
    options,
  );
}
