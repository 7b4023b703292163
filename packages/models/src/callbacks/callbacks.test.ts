import { mkdtemp, readFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dense } from '@gradus/layers';
import type { Tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../load.js';
import { sequential } from '../sequential.js';
import { csvLogger, lambdaCallback, modelCheckpoint, terminateOnNaN } from './index.js';

const x = [[0], [1], [2], [3]];
const y = [0, 2, 4, 6];
const line = () =>
  sequential([dense({ units: 1 })], { inputShape: [1] }).compile({ optimizer: 'sgd', loss: 'mse' });

describe('callbacks', () => {
  it('write a CSV file and checkpoints that load', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gradus-'));
    const model = line();
    await model.fit(x, y, {
      epochs: 2,
      verbose: 0,
      callbacks: [
        csvLogger(join(folder, 'log.csv')),
        modelCheckpoint(join(folder, 'm-{epoch:02d}.gradus')),
      ],
    });
    const text = await readFile(join(folder, 'log.csv'), 'utf8');
    expect(text.split('\r\n')[0]).toBe('epoch,loss,val_loss');
    expect((await readdir(folder)).sort()).toEqual(['log.csv', 'm-01.gradus', 'm-02.gradus']);
    const loaded = await loadModel(join(folder, 'm-02.gradus'));
    expect((loaded.predict(x) as Tensor).toArray()).toEqual((model.predict(x) as Tensor).toArray());
  });

  it('can stop training', async () => {
    const seen: number[] = [];
    const stop = lambdaCallback({
      onEpochEnd(epoch, _logs, context) {
        seen.push(epoch);
        if (epoch === 1) context.stop();
      },
    });
    await line().fit(x, y, { verbose: 0, epochs: 9, callbacks: [stop] });
    expect(seen).toEqual([0, 1]);
  });

  it('end training that has gone wrong', async () => {
    const lines: string[] = [];
    const model = line();
    model.learningRate = 1e30;
    const { epoch } = await model.fit(x, y, {
      verbose: 0,
      epochs: 50,
      callbacks: [terminateOnNaN()],
      print: (text) => lines.push(text),
    });
    expect(epoch.length).toBeLessThan(50);
    expect(lines.join('')).toContain('Invalid loss, terminating training');
  });
});
