import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ProgressBar } from './progbar.js';

interface Case {
  name: string;
  kind: string;
  target: number | null;
  args: { verbose?: number; width?: number; unit_name?: string; stateful_metrics?: string[] };
  clock: number[];
  updates: { current: number; values?: [string, number][]; finalize?: boolean }[];
  text: string;
}

const file = fileURLToPath(
  new URL('../../../../shared/keras-golden/progress.json', import.meta.url),
);

describe.runIf(existsSync(file))('progress bars of Keras 3.15.1', () => {
  const cases = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Case[]) : [];
  for (const golden of cases.filter(({ kind }) => kind === 'progbar'))
    it(golden.name, () => {
      let text = '';
      let tick = 0;
      const { verbose, width, unit_name, stateful_metrics } = golden.args;
      const bar = new ProgressBar(golden.target ?? undefined, {
        print: (part) => (text += part),
        now: () => golden.clock[Math.min(tick++, golden.clock.length - 1)] as number,
        ...(verbose === undefined ? {} : { verbose: verbose as 0 }),
        ...(width === undefined ? {} : { width }),
        ...(unit_name === undefined ? {} : { unitName: unit_name }),
        ...(stateful_metrics === undefined ? {} : { statefulMetrics: stateful_metrics }),
      });
      for (const { current, values = [], finalize } of golden.updates)
        bar.update(current, values, finalize);
      expect(text).toBe(golden.text);
    });
});
