import { expect, it } from 'vitest';
import * as callbacks from './index.js';

type Make = (...args: readonly unknown[]) => unknown;
const all = callbacks as unknown as Readonly<Record<string, Make>>;

it.each([
  ['earlyStopping', [{ patiense: 3 }], "did you mean 'patience'?"],
  ['earlyStopping', [{ patience: -1 }], 'patience: -1'],
  ['earlyStopping', [{ minDelta: 'a' }], "minDelta: 'a'"],
  ['modelCheckpoint', ['a', { saveBestonly: true }], "did you mean 'saveBestOnly'?"],
  ['modelCheckpoint', [{ filepath: 'a' }], 'needs the path of a file'],
  ['reduceLrOnPlateau', [{ min_lr: 0 }], "did you mean 'minLr'?"],
  ['reduceLrOnPlateau', [{ cooldown: 0.5 }], 'cooldown: 0.5'],
  ['learningRateScheduler', [{ schedule: () => 1 }], 'needs a function'],
  ['learningRateScheduler', [() => 1, { verbos: 1 }], "did you mean 'verbose'?"],
  ['csvLogger', [{ filename: 'a' }], 'needs the path of a file'],
  ['csvLogger', ['a', { seperator: ';' }], "did you mean 'separator'?"],
  ['terminateOnNaN', [{ raise: true }], 'model/unknown-option'],
  ['backupAndRestore', [{ backupDir: 'a' }], 'needs the path of a folder'],
  ['backupAndRestore', ['a', { savefreq: 3 }], "did you mean 'saveFreq'?"],
  ['swapEmaWeights', [{ swap: true }], 'model/unknown-option'],
  ['tensorBoard', [{ logDir: 'a' }], 'needs the path of a folder'],
  ['tensorBoard', ['a', { updateFrequency: 3 }], 'model/unknown-option'],
  ['remoteMonitor', [{ headrs: {} }], "did you mean 'headers'?"],
  ['lambdaCallback', [{ on_epoch_end: () => {} }], "did you mean 'onEpochEnd'?"],
])('%s refuses %j', (name, args, message) => {
  expect(() => (all[name] as Make)(...args)).toThrow(message);
});
