import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { camelCase } from './keras-config/camel.js';
import { compileFromKerasConfig } from './keras-config/compile-from-keras-config.js';
import { fromKerasConfig } from './keras-config/from-keras-config.js';
import { layerRegistry } from '@gradus/layers';

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
