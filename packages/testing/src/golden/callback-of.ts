import {
  csvLogger,
  earlyStopping,
  learningRateScheduler,
  modelCheckpoint,
  reduceLrOnPlateau,
  swapEmaWeights,
  terminateOnNaN,
} from '@gradus/models';
import type { Callback } from '@gradus/models';
import { Unsupported } from './format.js';
import { camelCase } from './keras-names.js';

/** A callback as golden files describe it. */
export interface SavedCallback {
  readonly className: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** The rate of each epoch, for LearningRateScheduler. */
  readonly scheduleTable?: readonly number[];
}

/** The callback of a case; `place` says where its files go. */
export function callbackOf(
  { className, args, scheduleTable }: SavedCallback,
  place: (path: string) => string = (path) => path,
): Callback {
  const options = Object.fromEntries(
    Object.entries(args)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [camelCase(key), value]),
  );
  const { filename, filepath, ...rest } = options as { filename?: string; filepath?: string };
  switch (className) {
    case 'EarlyStopping':
      return earlyStopping(options);
    case 'ReduceLROnPlateau':
      return reduceLrOnPlateau(options);
    case 'LearningRateScheduler':
      return learningRateScheduler((epoch) => scheduleTable?.[epoch] ?? 0, options);
    case 'TerminateOnNaN':
      return terminateOnNaN(options);
    case 'SwapEMAWeights':
      return swapEmaWeights(options);
    case 'CSVLogger':
      return csvLogger(place(filename ?? 'log.csv'), rest);
    case 'ModelCheckpoint':
      return modelCheckpoint(place(filepath ?? 'model'), rest);
    default:
      throw new Unsupported(`the callback ${className} is not run by this command yet`);
  }
}
