import { expect, it } from 'vitest';
import { lambdaCallback } from './lambda-callback.js';
import { RecordedTraining, series } from './training-context.fixture.js';

it('calls its hooks in order', async () => {
  const seen: string[] = [];
  const callback = lambdaCallback({
    onTrainBegin: () => void seen.push('begin'),
    onEpochBegin: (epoch) => void seen.push(`epoch ${epoch}`),
    onTrainBatchEnd: (batch, { loss }) => void seen.push(`batch ${batch} ${loss}`),
    onEpochEnd: (epoch, { loss }) => void seen.push(`end of ${epoch} ${loss}`),
    onTrainEnd: () => void seen.push('end'),
  });
  await new RecordedTraining().run(callback, series('loss', [5]), [7, 6]);
  expect(seen).toEqual(['begin', 'epoch 0', 'batch 0 7', 'batch 1 6', 'end of 0 5', 'end']);
});
