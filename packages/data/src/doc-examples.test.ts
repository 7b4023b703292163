import { readFileSync, readdirSync } from 'node:fs';
import { runInThisContext } from 'node:vm';
import { expect, it } from 'vitest';
import * as data from './index.js';

// The examples in doc comments are part of the documentation, so they run: `expression; // => JSON of its value`.

const folder = new URL('.', import.meta.url);
const files = readdirSync(folder).filter(
  (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
);

const examples = files.flatMap((file) => {
  const source = readFileSync(new URL(file, folder), 'utf8');
  return [...source.matchAll(/@example\n([\s\S]*?)\*\//g)].map((match, i) => {
    const code = (match[1] as string).replace(/^\s*\* ?/gm, '');
    return [`${file} example ${i + 1}`, code] as const;
  });
});

it.each(examples)('%s', (_, code) => {
  const seen: [unknown, string][] = [];
  const body = code.replace(/^(.*); \/\/ => (.*)$/gm, 'check(($1), `$2`);');
  const names = Object.keys(data);
  const example = runInThisContext(`(function (${names.join()}, check) {${body}})`) as (
    ...values: unknown[]
  ) => void;
  example(...Object.values(data), (value: unknown, text: string) => seen.push([value, text]));
  expect(seen.length).toBeGreaterThan(0);
  for (const [value, text] of seen) expect(JSON.stringify(value) ?? 'undefined').toBe(text);
});
