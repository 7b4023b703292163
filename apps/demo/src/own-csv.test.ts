import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { ownCsv } from './own-csv.js';

const folder = mkdtempSync(path.join(tmpdir(), 'gradus-own-'));
const log = vi.spyOn(console, 'log').mockImplementation(() => {});
beforeEach(() => log.mockClear());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Flats: the price grows with the size and depends on the town; one size is missing. */
function flats(rows = 60): string {
  const towns = ['Rome', 'Oslo', 'Lima'];
  const lines = Array.from({ length: rows }, (_, i) => {
    const size = 20 + ((i * 37) % 100);
    const price = 1000 * size + 20_000 * (i % 3) + 0.5;
    return `${i === 7 ? '' : size},${towns[i % 3]},${price}`;
  });
  return `size,town,price\n${lines.join('\n')}\n`;
}

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

test('a table with numbers, text and a gap: regression', async () => {
  const file = write('flats.csv', flats());
  const { task, score, files } = await ownCsv({ file, target: 'price', folder, epochs: 200 });
  expect(task).toBe('regression');
  expect(score).toBeGreaterThan(0.8);
  for (const name of files) expect(existsSync(name)).toBe(true);
  const output = log.mock.calls.flat().join('\n');
  expect(output).toContain("Missing in 'size': 1 of 60, on line 9.");
  expect(output).toContain('predicts the same to the bit');
});

test('a target of text: classification', async () => {
  const file = write('towns.csv', flats());
  const { task, score } = await ownCsv({ file, target: 'town', folder, epochs: 5 });
  expect(task).toBe('classification');
  expect(score).toBeGreaterThanOrEqual(0);
});

test('bad tables are told apart', async () => {
  const good = write('good.csv', flats());
  await expect(ownCsv({ file: good, target: 'prize', folder })).rejects.toThrow(
    "did you mean 'price'?",
  );
  const ragged = write('ragged.csv', 'a,b\n1,2\n3\n');
  await expect(ownCsv({ file: ragged, target: 'b', folder })).rejects.toThrow(/3/);
  const short = write('short.csv', 'a,b\n1,2\n3,4\n');
  await expect(ownCsv({ file: short, target: 'b', folder })).rejects.toThrow('too few rows');
});
