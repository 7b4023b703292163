import { compileFromKerasConfig, fromKerasConfig, progbarLogger } from '@gradus/models';
import type { Model } from '@gradus/models';
import { callbackOf } from './callback-of.js';
import type { SavedCallback } from './callback-of.js';
import type { Comparison } from './comparison.js';
import { Unsupported, isSaved, readTensor, readTree } from './format.js';
import type { GoldenCase, Saved } from './format.js';
import { camelCase } from './keras-names.js';
import { compareText } from './text-case.js';

interface TranscriptCase {
  readonly what: string;
  readonly verbose: 0 | 1 | 2;
  readonly model: unknown;
  readonly weights: readonly (Saved | { readonly tensor: Saved })[];
  readonly compile: unknown;
  readonly data: Readonly<Record<string, unknown>>;
  readonly fit: Readonly<Record<string, unknown>>;
  readonly callbacks?: readonly SavedCallback[];
  readonly clock: { readonly start: number; readonly step: number };
  readonly filesWritten?: Readonly<Record<string, string | null>>;
  readonly text: string;
}

interface Session {
  readonly model: Model;
  readonly callbacks: readonly ReturnType<typeof callbackOf>[];
  readonly print: (text: string) => void;
}

async function perform(c: TranscriptCase, { model, callbacks, print }: Session): Promise<void> {
  const x = readTree(c.data['x']);
  const y = readTree(c.data['y']);
  const shared = { callbacks, print, verbose: c.verbose };
  const batchSize = c.fit['batch_size'];
  const size = typeof batchSize === 'number' ? { batchSize } : {};
  const sampleWeight = c.data['sampleWeight']
    ? { sampleWeight: readTree(c.data['sampleWeight']) }
    : {};
  if (c.what === 'predict') {
    model.predict(x, { ...shared, ...size });
    return;
  }
  if (c.what === 'evaluate') {
    await model.evaluate(x, y, { ...shared, ...size, ...sampleWeight });
    return;
  }
  if (c.what !== 'fit') throw new Unsupported(`transcripts of ${c.what} are not supported yet`);
  const options = Object.fromEntries(
    Object.entries(c.fit).map(([key, value]) => [camelCase(key), value]),
  );
  const validation = readTree(c.data['validation'] ?? null) as readonly unknown[] | object | null;
  const validationData = Array.isArray(validation) ? validation : Object.values(validation ?? {});
  await model.fit(x, y, {
    ...options,
    ...shared,
    ...sampleWeight,
    ...(validation === null ? {} : { validationData }),
  });
}

/** kind `transcript`: everything that a training, an evaluation or a prediction prints, and the logs that it writes. */
export async function runTranscript(golden: GoldenCase, check: Comparison): Promise<void> {
  const c = golden as unknown as TranscriptCase;
  const { mkdtemp, readFile, rm } = await import('node:fs/promises');
  const { join } = await import('node:path');
  const { tmpdir } = await import('node:os');
  const folder = await mkdtemp(join(tmpdir(), 'gradus-golden-'));
  const model = fromKerasConfig(c.model);
  model.setWeights(c.weights.map((weight) => readTensor(isSaved(weight) ? weight : weight.tensor)));
  if (c.compile) compileFromKerasConfig(model, c.compile);
  let text = '';
  let readings = 0;
  const { start, step } = c.clock;
  const callbacks = [
    ...(c.callbacks ?? []).map((saved) => callbackOf(saved, (path) => join(folder, path))),
    progbarLogger({ now: () => start + step * readings++ }),
  ];
  // The files are in a folder of their own, which Keras' messages do not name.
  const print = (part: string): void => void (text += part.replaceAll(join(folder, '/'), ''));
  try {
    await perform(c, { model, callbacks, print });
    compareText(nearNumbers(text, c.text), c.text, check);
    for (const [name, want] of Object.entries(c.filesWritten ?? {})) {
      const bytes = await readFile(join(folder, name)).catch(() => undefined);
      check.expect(bytes !== undefined, `the file ${name} was not written`);
      if (want !== null && bytes !== undefined)
        compareText(nearNumbers(bytes.toString('utf8'), want), want, check);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const number = /-?\d+\.\d+(?:e[+-]\d+)?/g;

/** The text with Keras' numbers in place of ours where they differ by rounding alone: one of the last of six digits. */
function nearNumbers(got: string, want: string): string {
  const theirs = want.match(number) ?? [];
  let at = 0;
  return got.replaceAll(number, (ours) => {
    const other = theirs[at++];
    if (other === undefined) return ours;
    const digits = other.split('e')[0]?.split('.')[1]?.length ?? 0;
    const unit =
      digits > 6 ? 0 : 10 ** -digits * Math.abs(Number(other) < 1e-3 ? Number(other) : 1);
    const near =
      Math.abs(Number(ours) - Number(other)) <= unit * 1.01 + 2e-6 * Math.abs(Number(other));
    return near ? other : ours;
  });
}
