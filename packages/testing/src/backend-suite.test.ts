import { referenceBackend } from '@gradus/tensor/backend';
import type { Backend } from '@gradus/tensor/backend';
import { describe, expect, it } from 'vitest';
import { backendSuite } from './backend-suite.js';

describe('the reference backend', () => {
  for (const { name, run } of backendSuite(referenceBackend)) it(name, run);
});

it('finds a backend that computes something else', () => {
  const wrong: Backend = {
    name: 'wrong',
    createMemory: referenceBackend.createMemory.bind(referenceBackend),
    compile(graph, memory) {
      const program = referenceBackend.compile(graph, memory);
      return {
        run: (inputs) => program.run(inputs),
        explain: () => program.explain(),
        output: (index) => program.output(index).map((value: number) => value + 1) as never,
      };
    },
  };
  const passed = backendSuite(wrong).filter(({ run }) => {
    try {
      run();
      return true;
    } catch {
      return false;
    }
  });
  // What has no numbers cannot be wrong, and its memory is right.
  expect(passed.every(({ name }) => /size 0|memory/.test(name))).toBe(true);
});
