import { ProgressBar, compileFromKerasConfig, fromKerasConfig } from '@gradus/models';
import type { Comparison } from './comparison.js';
import type { GoldenCase } from './format.js';
import { camelCase } from './keras-names.js';

interface SummaryCase {
  readonly model: unknown;
  readonly compile?: unknown;
  readonly optimizerBuilt?: boolean;
  readonly args: Readonly<Record<string, unknown>>;
  readonly terminalColumns: number;
  readonly text: string;
}

/** kind `summary`: the table of layers, character by character. */
export function runSummary(golden: GoldenCase, check: Comparison): void {
  const c = golden as unknown as SummaryCase;
  const model = fromKerasConfig(c.model);
  if (c.compile) compileFromKerasConfig(model, c.compile);
  if (c.optimizerBuilt === true) model.programs(undefined);
  const args = Object.fromEntries(
    Object.entries(c.args).map(([key, value]) => [camelCase(key), value]),
  );
  compareText(
    model.summary({ ...args, columns: c.terminalColumns, print: () => undefined }),
    c.text,
    check,
  );
}

interface ProgbarCase {
  readonly target: number | null;
  readonly args: {
    readonly verbose?: 0 | 1 | 2;
    readonly width?: number;
    readonly interval?: number;
    readonly unit_name?: string;
    readonly stateful_metrics?: readonly string[] | null;
    readonly stateless_metrics?: readonly string[] | null;
  };
  readonly clock: readonly number[];
  readonly updates: readonly {
    readonly current: number;
    readonly values?: readonly [string, number][] | null;
    readonly finalize?: boolean | null;
  }[];
  readonly text: string;
}

/** kind `progbar`: what the bar draws while a fake clock ticks. */
export function runProgbar(golden: GoldenCase, check: Comparison): void {
  const c = golden as unknown as ProgbarCase;
  let text = '';
  let tick = 0;
  const options = Object.entries(c.args).map(([key, value]) => [camelCase(key), value]);
  const bar = new ProgressBar(c.target ?? undefined, {
    ...Object.fromEntries(options),
    print: (part) => (text += part),
    now: () => c.clock[Math.min(tick++, c.clock.length - 1)] as number,
  });
  for (const { current, values, finalize } of c.updates)
    bar.update(current, values ?? [], finalize ?? undefined);
  compareText(text, c.text, check);
}

/** Records where two texts begin to differ. */
export function compareText(got: string, want: string, check: Comparison): void {
  if (got === want) return;
  const at = [...want].findIndex((char, i) => [...got][i] !== char);
  check.expect(
    false,
    `text differs at ${at}: ${JSON.stringify(got.slice(Math.max(0, at - 20), at + 40))}, Keras has ${JSON.stringify(want.slice(Math.max(0, at - 20), at + 40))}`,
  );
}
