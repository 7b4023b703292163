import { ModuleBuilder } from '../assembler/index.js';
import { emitTile, tileSignature } from '../kernels/matmul-tile.js';
import { nodeModule } from './host.js';

/** The part of `node:v8` that is used here. */
interface NodeV8 {
  setFlagsFromString(flags: string): void;
}

/** V8 joins pairs of 128-bit operations into 256-bit ones where it optimizes: Node 24 and newer. An experiment of V8. */
const JOIN = 'experimental-wasm-revectorize';

/** Node 22 and newer: an older V8 writes a complaint about flags that it does not know. */
function knowsFlags(): boolean {
  const { process } = globalThis as { process?: { versions?: { v8?: string } } };
  return Number.parseInt(process?.versions?.v8 ?? '0', 10) >= 12;
}

/**
 * Compiles with optimized code for all functions at once, as long as these V8 flags are set, and takes them back. The flag
 * counts when V8 optimizes a function, which it otherwise does much later. Other code of the process is not touched.
 */
function compileOptimized(bytes: Uint8Array<ArrayBuffer>, join: boolean): WebAssembly.Module {
  const v8 = nodeModule<NodeV8>('node:v8');
  if (v8 === undefined || !knowsFlags()) return new WebAssembly.Module(bytes);
  const flags = [...(join ? [JOIN] : []), 'no-liftoff', 'no-wasm-lazy-compilation'];
  flags.forEach((flag) => v8.setFlagsFromString(`--${flag}`));
  try {
    return new WebAssembly.Module(bytes);
  } finally {
    flags.forEach((flag) =>
      v8.setFlagsFromString(flag.startsWith('no-') ? `--${flag.slice(3)}` : `--no-${flag}`),
    );
  }
}

/** A module whose vectors V8 joins in pairs. */
export function compileWide(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  return compileOptimized(bytes, true);
}

const K = 64;
const ROWS = 6;
const X = 1024;
const Y = 8192;
const Z = 24576;
/** Wide code has to be this much faster than the tile that is best without it. */
const WORTH = 1.2;

/** What a tile took, and whether it gave what it should. */
interface Timing {
  /** Seconds for each multiplication and addition. */
  readonly seconds: number;
  readonly isRight: boolean;
}

/** Multiplies small whole numbers, so that any order of additions gives the same bits. */
function tryTile(columns: 8 | 16, join: boolean): Timing {
  const builder = new ModuleBuilder({ shared: false });
  emitTile(builder.function(tileSignature, 'tile'), {
    rows: ROWS,
    vectors: columns / 4,
    order: 'rows',
    fused: true,
  });
  const module = compileOptimized(builder.finish(), join);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const tile = exports['tile'] as (...args: number[]) => void;
  const words = new Int32Array(memory.buffer);
  const numbers = new Float32Array(memory.buffer);
  // Tables: rows of x at 32, rows of z at 64, nothing at 0.
  for (let i = 0; i < ROWS; i++) {
    words[8 + i] = i * K * 4;
    words[16 + i] = i * columns * 4;
  }
  for (let i = 0; i < ROWS * K; i++) numbers[X / 4 + i] = (i % 7) - 3;
  for (let i = 0; i < K * columns; i++) numbers[Y / 4 + i] = (i % 11) - 5;
  const run = (): void => tile(1, K, 0, X, 32, Y, columns * 4, 0, Z, 64, Z + 8192, 0, 0, 1);
  run();
  let isRight = true;
  for (let i = 0; i < ROWS; i++)
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < K; k++)
        sum +=
          (numbers[X / 4 + i * K + k] as number) * (numbers[Y / 4 + k * columns + j] as number);
      isRight &&= numbers[Z / 4 + i * columns + j] === sum;
    }
  let best = Infinity;
  for (let round = 0; round < 12; round++) {
    const begin = performance.now();
    for (let i = 0; i < 60; i++) run();
    best = Math.min(best, performance.now() - begin);
  }
  return { seconds: best / columns, isRight };
}

let answer: boolean | undefined;

/**
 * Whether wide code works here, gives the right results and is faster: found out once, by letting both multiply for some
 * hundredths of a millisecond. Always false outside of Node, where no program may set flags of V8.
 */
export function hasWide(): boolean {
  if (answer !== undefined) return answer;
  answer = false;
  if (nodeModule('node:v8') === undefined || !knowsFlags()) return answer;
  try {
    const wide = tryTile(16, true);
    answer = wide.isRight && wide.seconds * WORTH < tryTile(8, false).seconds;
  } catch {
    // A flag that this V8 does not have, or code it does not take: then there is none.
  }
  return answer;
}
