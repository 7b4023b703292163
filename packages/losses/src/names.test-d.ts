/** Checked by the type checker: a wrong name or option of a loss does not compile. Nothing here runs. */
import { binaryCrossentropy, circle, getLoss, huber, meanSquaredError } from './index.js';
import type { Loss } from './index.js';

getLoss('mse') satisfies Loss;
getLoss('sparseCategoricalCrossentropy') satisfies Loss;
getLoss((target, prediction) => prediction.sub(target).abs()) satisfies Loss;
// @ts-expect-error no loss has this name
getLoss('meanSquareError');
// @ts-expect-error names are written in camelCase here
getLoss('mean_squared_error');

meanSquaredError({ reduction: 'sum' }) satisfies Loss;
// @ts-expect-error no such reduction
meanSquaredError({ reduction: 'total' });
// @ts-expect-error an option of another loss
meanSquaredError({ delta: 1 });
// @ts-expect-error a text where a number belongs
huber({ delta: '1' });
// @ts-expect-error Keras' spelling
binaryCrossentropy({ from_logits: true });
// @ts-expect-error a number where a switch belongs
circle({ removeDiagonal: 1 });
