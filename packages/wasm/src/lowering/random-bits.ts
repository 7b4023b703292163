import type { ValueId } from '@gradus/tensor/backend';
import type { Local } from '../assembler/index.js';
import { transpose4 } from '../kernels/matmul-pack.js';
import { kernelSignature } from '../program/kernel-plan.js';
import type { KernelPlan } from '../program/kernel-plan.js';
import { sizeOf } from './access.js';
import type { Pattern } from './pattern.js';

const ROUNDS = 10;
const MULTIPLIERS = [0xd2511f53 | 0, 0xcd9e8d57 | 0] as const;
const WEYL = [0x9e3779b9 | 0, 0xbb67ae85 | 0] as const;
/** Numbers that one unit makes: four counters of Philox, four words each. */
const BLOCK = 16;

/**
 * Random bits by Philox 4x32-10, four counters at a time. The generator has no state, so that every thread makes its own
 * part. The same bits as `philox.ts` of the tensor package.
 */
export const randomBitsPattern: Pattern = (view, index) => {
  const { primitive, inputs, outputs } = view.node(index);
  if (primitive.name !== 'randomBits') return undefined;
  const [key, counter] = inputs.map((value) => view.owner(value)) as [ValueId, ValueId];
  const [output] = outputs as readonly [ValueId];
  const size = sizeOf(view.type(output).shape);
  const plan: KernelPlan = {
    name: 'randomBits',
    detail: `${size} numbers`,
    inputs: [key, counter],
    outputs: [output],
    flops: size * 10,
    bytes: 4 * size,
    units: Math.ceil(size / BLOCK),
    scratchBytes: BLOCK * 4,
    emit({ module, address }) {
      const f = module.function(kernelSignature);
      const [keyAt, counterAt, to] = [address(key), address(counter), address(output)];
      const unit = f.local('i32');
      const x = [0, 1, 2, 3].map(() => f.local('v128'));
      const [k0, k1] = [f.local('v128'), f.local('v128')];
      const [high0, high1] = [f.local('v128'), f.local('v128')];
      const target = f.local('i32');
      /** The upper halves of the products of all four lanes with a constant. */
      const highProduct = (from: Local, multiplier: Local, into: Local): void => {
        f.get(from).get(multiplier).simd('i64x2.extmul_low_i32x4_u');
        f.get(from).get(multiplier).simd('i64x2.extmul_high_i32x4_u');
        f.shuffle([1, 3, 5, 7]).set(into);
      };
      const [m0, m1] = MULTIPLIERS.map((word) => f.hoistedSplat(word)) as [Local, Local];
      const weyl = WEYL.map((word) => f.hoistedSplat(word)) as [Local, Local];
      const [x0, x1, x2, x3] = x as [Local, Local, Local, Local];
      f.for(unit, f.param(0), f.param(1), 1, () => {
        f.i32(0).memory('v128.load32_splat', keyAt).set(k0);
        f.i32(0)
          .memory('v128.load32_splat', keyAt + 4)
          .set(k1);
        f.get(unit)
          .i32(2)
          .op('i32.shl')
          .simd('i32x4.splat')
          .get(f.hoisted([0, 1, 2, 3]));
        f.simd('i32x4.add').set(x0);
        f.get(f.hoistedSplat(0)).tee(x1).set(x3);
        f.i32(0).memory('v128.load32_splat', counterAt).set(x2);
        for (let round = 0; round < ROUNDS; round++) {
          highProduct(x0, m0, high0);
          highProduct(x2, m1, high1);
          f.get(high1).get(x1).simd('v128.xor').get(k0).simd('v128.xor');
          f.get(high0).get(x3).simd('v128.xor').get(k1).simd('v128.xor');
          f.get(x0).get(m0).simd('i32x4.mul').set(x3);
          f.get(x2).get(m1).simd('i32x4.mul').set(x1);
          f.set(x2).set(x0);
          if (round === ROUNDS - 1) continue;
          f.get(k0).get(weyl[0]).simd('i32x4.add').set(k0);
          f.get(k1).get(weyl[1]).simd('i32x4.add').set(k1);
        }
        // Lanes are counters, and the words of a counter belong together.
        transpose4(f, x);
        const writeAll = (at: Local): void =>
          x.forEach((vector, i) =>
            f
              .get(at)
              .get(vector)
              .memory('v128.store', 16 * i),
          );
        f.get(unit)
          .i32(BLOCK * 4)
          .op('i32.mul')
          .i32(to)
          .op('i32.add')
          .set(target);
        const rest = size % BLOCK;
        if (rest === 0) writeAll(target);
        else
          f.get(unit)
            .i32(Math.floor(size / BLOCK))
            .op('i32.lt_s')
            .if(
              () => writeAll(target),
              () => {
                writeAll(f.param(2));
                f.get(target)
                  .get(f.param(2))
                  .i32(rest * 4)
                  .memoryCopy();
              },
            );
      });
      return f.ref;
    },
  };
  return { nodes: [index], kernels: [plan] };
};
