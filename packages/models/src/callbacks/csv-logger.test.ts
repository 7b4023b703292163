import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csvLogger } from './csv-logger.js';
import { RecordedTraining } from './training-context.fixture.js';

let folder = '';
let path = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradus-csv-'));
  path = join(folder, 'log.csv');
});
afterEach(() => rm(folder, { recursive: true }));

describe('csvLogger', () => {
  it('writes sorted columns, and keeps room for validation that comes later', async () => {
    await new RecordedTraining().run(csvLogger(path), [
      { loss: 2, acc: 0.5 },
      { loss: 1, acc: 0.75, val_loss: 3, val_acc: 0.25 },
    ]);
    expect(await readFile(path, 'utf8')).toBe(
      'epoch,acc,loss,val_acc,val_loss\r\n0,0.5,2.0,NA,NA\r\n1,0.75,1.0,0.25,3.0\r\n',
    );
  });

  it('begins anew, or goes on under the header that is there', async () => {
    await new RecordedTraining().run(csvLogger(path, { separator: ';' }), [{ loss: 9 }]);
    await new RecordedTraining().run(csvLogger(path, { separator: ';' }), [
      { loss: 2, val_loss: 3 },
    ]);
    await new RecordedTraining().run(csvLogger(path, { separator: ';', append: true }), [
      { loss: 1, val_loss: 2, more: 5 },
    ]);
    expect(await readFile(path, 'utf8')).toBe('epoch;loss;val_loss\r\n0;2.0;3.0\r\n0;1.0;2.0\r\n');
  });

  it('appends to no file, and refuses a file that is no log', async () => {
    await new RecordedTraining().run(csvLogger(path, { append: true }), [{ val_loss: 3 }]);
    expect(await readFile(path, 'utf8')).toBe('epoch,val_loss\r\n0,3.0\r\n');
    await writeFile(path, 'name,age\n');
    await expect(
      new RecordedTraining().run(csvLogger(path, { append: true }), [{ loss: 1 }]),
    ).rejects.toThrow('callback/csv-header');
    expect(await readFile(path, 'utf8')).toBe('name,age\n');
  });
});
