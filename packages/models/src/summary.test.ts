import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { camelCase } from './keras-config/camel.js';
import { compileFromKerasConfig } from './keras-config/compile-from-keras-config.js';
import { fromKerasConfig } from './keras-config/from-keras-config.js';
import { add, dense, input, layerRegistry } from '@gradus/layers';
import { model } from './functional.js';
import { sequential } from './sequential.js';
import type { SummaryOptions } from './summary.js';

interface Case {
  name: string;
  model: { config: { layers: { class_name: string }[] } };
  args: Record<string, unknown>;
  compile?: unknown;
  optimizerBuilt?: boolean;
  text: string;
  terminalColumns: number;
}
const file = fileURLToPath(
  new URL('../../../../shared/keras-golden/summary.json', import.meta.url),
);

describe.runIf(existsSync(file))('summaries of Keras 3.15.1', () => {
  const cases = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Case[]) : [];
  for (const golden of cases) {
    const known = golden.model.config.layers.every(
      ({ class_name }) =>
        layerRegistry.has(class_name) || ['Sequential', 'Functional'].includes(class_name),
    );
    it.runIf(known)(golden.name, () => {
      const model = fromKerasConfig(golden.model);
      if (golden.compile !== undefined && golden.compile !== null)
        compileFromKerasConfig(model, golden.compile);
      if (golden.optimizerBuilt === true) model.programs(undefined);
      const args = Object.fromEntries(
        Object.entries(golden.args).map(([key, value]) => [camelCase(key), value]),
      );
      expect(model.summary({ ...args, columns: golden.terminalColumns, print: () => {} })).toBe(
        golden.text,
      );
    });
  }
});

describe('summaries of shared and nested layers', () => {
  const x = input({ shape: [4], name: 'x' });
  const shared = dense({ units: 4, name: 'shared' });
  const inner = sequential([dense({ units: 4, name: 'in' })], { inputShape: [4], name: 'inner' });
  // The second use is the deeper one; uses are numbered as they were made.
  const first = shared(x);
  const second = shared(inner(x));
  const both = model({ inputs: x, outputs: add()([first, second]), name: 'both' });
  const lines = (options: SummaryOptions): string[] =>
    both
      .summary({ print: () => undefined, lineLength: 100, ...options })
      .split('\n')
      .filter((line) => line.startsWith('│'))
      .map((line) => line.replaceAll(/\s+/g, ' '));

  it('number the uses of a layer in the order in which they were made', () => {
    expect(lines({})).toMatchInlineSnapshot(`
      [
        "│ x (InputLayer) │ (None, 4) │ 0 │ - │",
        "│ inner (Sequential) │ (None, 4) │ 20 │ x[0][0] │",
        "│ shared (Dense) │ (None, 4) │ 20 │ x[0][0], inner[0][0] │",
        "│ add (Add) │ (None, 4) │ 0 │ shared[0][0], │",
        "│ │ │ │ shared[1][0] │",
      ]
    `);
  });

  it('list the layers inside, and a range of layers', () => {
    expect(lines({ expandNested: true, layerRange: ['inn', 'inner'] })).toMatchInlineSnapshot(`
      [
        "│ inner (Sequential) │ (None, 4) │ 20 │ x[0][0] │",
        "│ └ in (Dense) │ (None, 4) │ 20 │ - │",
      ]
    `);
    expect(() => lines({ layerRange: ['a', 'b'] })).toThrow('summary/layer-range');
  });
});
