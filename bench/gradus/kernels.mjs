// Single operations. The tensors are carried by the program, so that the operation is timed and not the way in and out.
import { compile, createState, ops, tensor, zeros } from 'gradus';
import { noise } from '../data.mjs';
import { figure } from '../measure.mjs';

/** A program that computes `output = operation(...inputs)` within its own memory. */
function inPlace(inputs, output, operation) {
  const carry = createState({ inputs, output });
  return compile((state) => [{ inputs: state.inputs, output: operation(...state.inputs) }, []], {
    carry,
  });
}

export async function matmul() {
  for (const n of [64, 128, 256, 512, 1024])
    await figure(
      `matmul-${n}`,
      () => {
        const square = (seed) => tensor(noise(n * n, seed), { shape: [n, n] });
        return inPlace([square(3), square(4)], zeros([n, n]), (a, b) => ops.matmul(a, b));
      },
      { items: 2 * n ** 3 },
    );
}

export async function elementwise() {
  const count = 1_000_000;
  const a = tensor(noise(count), { shape: [count] });
  const b = tensor(noise(count, 4), { shape: [count] });
  const rows = a.reshape([1000, 1000]);
  const cases = [
    ['exp', 8, [a], zeros([count]), (x) => ops.exp(x)],
    ['softmax', 8, [rows], zeros([1000, 1000]), (x) => ops.softmax(x)],
    ['add', 12, [a, b], zeros([count]), (x, y) => ops.add(x, y)],
    ['sum', 4, [a], zeros([]), (x) => ops.sum(x)],
  ];
  for (const [metric, bytes, inputs, output, operation] of cases)
    await figure(metric, () => inPlace(inputs, output, operation), { items: bytes * count });
}

export async function eager() {
  const a = tensor(noise(16), { shape: [4, 4] });
  const b = tensor(noise(16, 4), { shape: [4, 4] });
  await figure('eager-add', () => () => ops.add(a, b));
}
