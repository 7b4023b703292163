import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCase } from './run-case.js';
import { goldenReport, goldenTotals } from './report.js';
import { runGoldenFolder } from './run-folder.js';

const folder = fileURLToPath(new URL('../../golden', import.meta.url));

describe('golden cases', () => {
  it('all pass that are kept in the repository', async () => {
    const files = await runGoldenFolder(folder);
    expect(goldenTotals(files), goldenReport(files)).toMatch(
      /^[3-9]\d passed, 0 failed, 0 skipped$/,
    );
  });

  const saved = (data: number[]): object => ({ shape: [data.length], dtype: 'float32', data });
  const relu = (output: number[], more: object = {}): never =>
    ({
      name: 'case',
      kind: 'activation',
      fn: 'relu',
      args: {},
      input: saved([-1, 2]),
      cotangent: saved([1, 1]),
      output: saved(output),
      gradient: saved([0, 1]),
      ...more,
    }) as never;

  it('fail with the largest deviation and its place', async () => {
    const { status, reasons, largest } = await runCase(relu([0, 2.5]));
    expect(status).toBe('failed');
    expect(reasons).toEqual([
      'output: 1 of 2 off, at most by 0.500: [1] is 2, Keras has 2.5 (atol 0.000001, rtol 0.00001)',
    ]);
    expect(largest).toBe(0.5);
  });

  it('fail on a NaN, on another shape and on another number of elements', async () => {
    expect((await runCase(relu(['nan' as never, 2]))).status).toBe('failed');
    expect((await runCase(relu([0, 2, 3]))).reasons[0]).toContain('shape [2], Keras has [3]');
  });

  it('accept any answer at an ambiguous point', async () => {
    expect((await runCase(relu([0, 2.5], { ambiguousOutputIndices: [1] }))).status).toBe('passed');
  });

  it('are skipped with a reason when Gradus has no such thing', async () => {
    expect((await runCase(relu([], { kind: 'dream' }))).reasons).toEqual([
      'cases of kind dream are not supported yet',
    ]);
    expect(
      (
        await runCase({
          name: 'a',
          kind: 'layer',
          className: 'Dream',
          config: {},
          inputs: [],
          inputsAs: 'single',
        } as never)
      ).reasons,
    ).toEqual(['Dream is not supported yet']);
  });

  it('report totals in the last line', async () => {
    const outcomes = [
      await runCase(relu([0, 2])),
      await runCase(relu([1, 2])),
      await runCase(relu([], { kind: 'dream' })),
    ];
    expect(
      goldenReport([{ file: 'a.json', outcomes }])
        .split('\n')
        .at(-1),
    ).toBe('1 passed, 1 failed, 1 skipped');
  });
});
