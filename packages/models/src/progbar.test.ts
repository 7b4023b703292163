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
  for (const golden of cases.filter(
    ({ kind, args }) => kind === 'progbar' && args.verbose === undefined,
  ))
    it(golden.name, () => {
      let text = '';
      let tick = 0;
      const bar = new ProgressBar(golden.target ?? undefined, {
        print: (part) => (text += part),
        now: () => golden.clock[Math.min(tick++, golden.clock.length - 1)] as number,
        ...(golden.args.width === undefined ? {} : { width: golden.args.width }),
        ...(golden.args.unit_name === undefined ? {} : { unitName: golden.args.unit_name }),
      });
      // Keras' bar keeps running means itself; ours is given what to show.
      const sums = new Map<string, number>();
      let seen = 0;
      for (const { current, values = [], finalize } of golden.updates) {
        const isLast = finalize ?? (golden.target !== null && current >= golden.target);
        const shown = values.map(([name, value]): [string, number] => {
          if (golden.args.stateful_metrics?.includes(name) === true) return [name, value];
          const sum = (sums.get(name) ?? 0) + value * (current - seen);
          sums.set(name, sum);
          return [name, isLast ? value : sum / current];
        });
        seen = current;
        bar.update(current, () => Object.fromEntries(shown), isLast);
      }
      expect(text).toBe(golden.text);
    });
});
