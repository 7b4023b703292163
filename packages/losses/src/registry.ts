import { Tensor, ValueError, unknownName } from '@gradus/tensor';
import { binaryCrossentropy } from './binary-crossentropy.js';
import { categoricalCrossentropy } from './categorical-crossentropy.js';
import { categoricalHinge } from './categorical-hinge.js';
import { circle } from './circle.js';
import { cosineSimilarity } from './cosine-similarity.js';
import { ctc } from './ctc.js';
import { binaryFocalCrossentropy, categoricalFocalCrossentropy } from './focal-crossentropy.js';
import { categoricalGeneralizedCrossEntropy } from './generalized-crossentropy.js';
import { hinge } from './hinge.js';
import { huber } from './huber.js';
import { klDivergence } from './kl-divergence.js';
import { logCosh } from './log-cosh.js';
import { defineLoss } from './loss.js';
import type { Loss, LossFunction } from './loss.js';
import { meanAbsoluteError } from './mean-absolute-error.js';
import { meanAbsolutePercentageError } from './mean-absolute-percentage-error.js';
import { meanSquaredError } from './mean-squared-error.js';
import { meanSquaredLogarithmicError } from './mean-squared-logarithmic-error.js';
import { dice, tversky } from './overlap.js';
import { poisson } from './poisson.js';
import { sparseCategoricalCrossentropy } from './sparse-categorical-crossentropy.js';
import { squaredHinge } from './squared-hinge.js';

/** Options of all kinds: saved ones come from a file, where no compiler has seen them. */
type Factory = (options?: never) => Loss;

type FullName =
  | 'meanSquaredError'
  | 'meanAbsoluteError'
  | 'meanAbsolutePercentageError'
  | 'meanSquaredLogarithmicError'
  | 'huber'
  | 'logCosh'
  | 'cosineSimilarity'
  | 'klDivergence'
  | 'poisson'
  | 'hinge'
  | 'squaredHinge'
  | 'categoricalHinge'
  | 'binaryCrossentropy'
  | 'categoricalCrossentropy'
  | 'sparseCategoricalCrossentropy'
  | 'binaryFocalCrossentropy'
  | 'categoricalFocalCrossentropy'
  | 'dice'
  | 'tversky'
  | 'ctc'
  | 'circle'
  | 'categoricalGeneralizedCrossEntropy';

const factories: Readonly<Record<FullName, Factory>> = {
  meanSquaredError,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredLogarithmicError,
  huber,
  logCosh,
  cosineSimilarity,
  klDivergence,
  poisson,
  hinge,
  squaredHinge,
  categoricalHinge,
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
  binaryFocalCrossentropy,
  categoricalFocalCrossentropy,
  dice,
  tversky,
  ctc,
  circle,
  categoricalGeneralizedCrossEntropy,
};

type ShortName = 'mse' | 'mae' | 'mape' | 'msle' | 'bce' | 'kld' | 'logcosh' | 'huberLoss';

const aliases: Readonly<Record<ShortName, FullName>> = {
  mse: 'meanSquaredError',
  mae: 'meanAbsoluteError',
  mape: 'meanAbsolutePercentageError',
  msle: 'meanSquaredLogarithmicError',
  bce: 'binaryCrossentropy',
  kld: 'klDivergence',
  logcosh: 'logCosh',
  huberLoss: 'huber',
};

/** Names that `compile` takes for a loss: Keras' names in camelCase, and its short forms. */
export type LossName = FullName | ShortName;

/** Class names and snake_case come from Keras' files; all spellings of a name meet in this form. */
const plain = (name: string): string => name.toLowerCase().replaceAll('_', '');

const byPlainName: ReadonlyMap<string, Factory> = new Map([
  ...Object.entries(factories).map(([name, factory]) => [plain(name), factory] as const),
  ...Object.entries(aliases).map(([alias, name]) => [plain(alias), factories[name]] as const),
]);

function factoryNamed(name: string): Factory {
  const factory = byPlainName.get(plain(name));
  if (factory === undefined)
    throw unknownName('loss', name, [...Object.keys(factories), ...Object.keys(aliases)]);
  return factory;
}

/**
 * A loss from what a user writes: a name, a loss, or a plain function `(target, prediction) => values`.
 *
 * @throws NameError for an unknown name, with the nearest known one.
 * @example
 * getLoss('mse').className; // => 'MeanSquaredError'
 */
export function getLoss(loss: LossName | Loss | LossFunction): Loss {
  if (typeof loss === 'string') return factoryNamed(loss)();
  if ('className' in loss) return loss;
  return defineLoss({
    className: 'Custom',
    name: loss.name === '' ? 'loss' : loss.name,
    call: (target, prediction) => {
      const values: unknown = loss(target, prediction);
      if (values instanceof Tensor) return values;
      throw new ValueError('loss/function', 'A loss function gives no tensor.', {
        got: typeof values === 'function' ? 'a loss' : typeof values,
        expected: 'one value per sample, of a function of target and prediction',
        fix:
          typeof values === 'function' && 'className' in values
            ? 'call what makes the loss: loss: meanSquaredError()'
            : 'write it with operations: (y, p) => p.sub(y).abs().mean({ axis: -1 })',
      });
    },
  });
}

/**
 * A loss from its saved form.
 *
 * @param className Keras' class name or any name that `getLoss` knows.
 * @param config options in camelCase, as in `loss.config`.
 * @throws NameError for an unknown name.
 */
export function lossFromConfig(
  className: string,
  config: Readonly<Record<string, unknown>> = {},
): Loss {
  return factoryNamed(className)({ ...config } as never);
}

/**
 * The name that Keras' `'crossentropy'` stands for, by the shapes: binary for one output, sparse for class indices,
 * else categorical.
 *
 * @example
 * resolveCrossentropy([32], [32, 10]); // => 'sparseCategoricalCrossentropy'
 */
export function resolveCrossentropy(
  target: readonly (number | null)[],
  prediction: readonly (number | null)[],
): 'binaryCrossentropy' | 'categoricalCrossentropy' | 'sparseCategoricalCrossentropy' {
  if (prediction[prediction.length - 1] === 1) return 'binaryCrossentropy';
  const isSparse = target.length < prediction.length || target[target.length - 1] === 1;
  return isSparse ? 'sparseCategoricalCrossentropy' : 'categoricalCrossentropy';
}
