import { ModuleBuilder } from '../assembler/index.js';
import type { Features } from '../features.js';
import { mathIn } from './math-emitter.js';
import type { MathEmitter } from './math-emitter.js';

/** What the running engine offers of plain and relaxed code. */
export const variants: readonly Features[] = [false, true]
  .map((relaxed): Features => ({ relaxed, shared: false, wide: false }))
  .filter(({ relaxed }) => !relaxed || hasRelaxed());

function hasRelaxed(): boolean {
  const module = new ModuleBuilder({ shared: false });
  const f = module.function({ params: ['v128'], results: ['v128'] });
  const x = f.param(0);
  f.get(x).get(x).get(x).simd('f32x4.relaxed_madd');
  return WebAssembly.validate(module.finish());
}

type Apply = (...arrays: readonly (Float32Array | Int32Array)[]) => Float32Array;

/** A function of vectors as one of arrays: compiled into a loop, run on padded copies. */
export function overArrays(
  operands: number,
  features: Features,
  emit: (m: MathEmitter) => void,
): Apply {
  const module = new ModuleBuilder({ shared: false });
  const f = module.function({ params: ['i32', 'i32'], results: [] }, 'run');
  const [count, stride] = [f.param(0), f.param(1)];
  const at = f.local('i32');
  f.for(at, 0, count, 16, () => {
    f.get(at);
    for (let i = 0; i < operands; i++) {
      f.get(at);
      for (let k = 0; k <= i; k++) f.get(stride).op('i32.add');
      f.memory('v128.load');
    }
    emit(mathIn(f, features));
    f.memory('v128.store');
  });
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), {
    env: { memory },
  });
  const run = instance.exports['run'] as (bytes: number, stride: number) => void;
  return (...arrays) => {
    const length = arrays[0]?.length ?? 0;
    const bytes = Math.ceil(length / 4) * 16;
    const missing = bytes * (operands + 1) - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    arrays.forEach((array, i) =>
      new Int32Array(memory.buffer, bytes * (i + 1), length).set(
        new Int32Array(array.buffer, array.byteOffset, length),
      ),
    );
    run(bytes, bytes);
    return new Float32Array(memory.buffer, 0, length).slice();
  };
}

/** Every float32 from `from` to `to` (of one sign) that is `step` patterns apart. */
export function samples(from: number, to: number, count: number): Float32Array {
  const ends = new Int32Array(new Float32Array([from, to]).buffer);
  const bits = new Int32Array(count);
  const [low, high] = [ends[0] as number, ends[1] as number];
  for (let i = 0; i < count; i++) bits[i] = low + Math.floor(((high - low) * i) / (count - 1));
  return new Float32Array(bits.buffer);
}

export interface Errors {
  /** Largest error in units of the last place of the exact result. */
  readonly ulp: number;
  readonly ulpAt: number;
  readonly relative: number;
  readonly relativeAt: number;
}

const SMALLEST_NORMAL = 2 ** -126;

/** Largest errors against exact results; results below the normal numbers may be anything that small. */
export function errors(
  got: Float32Array,
  exact: (index: number) => number,
  at: (index: number) => number,
  floor: number = SMALLEST_NORMAL,
): Errors {
  let [ulp, ulpAt, relative, relativeAt] = [0, NaN, 0, NaN];
  for (let i = 0; i < got.length; i++) {
    const y = got[i] as number;
    const want = exact(i);
    const size = Math.abs(want);
    if (size < floor && Math.abs(y) <= floor) continue;
    if (Math.fround(want) === y) {
      if (!Number.isFinite(y)) continue;
    }
    const unit = 2 ** (Math.max(Math.floor(Math.log2(size)), -126) - 23);
    const error = Math.abs(y - want);
    const ulps = error / unit;
    if (!(ulps <= ulp)) [ulp, ulpAt] = [ulps, at(i)];
    if (!(error / size <= relative)) [relative, relativeAt] = [error / size, at(i)];
  }
  return { ulp, ulpAt, relative, relativeAt };
}
