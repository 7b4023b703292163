/** Step 5: a model goes to a file and comes back. */
import path from 'node:path';
import { loadModel } from '@gradus/models';
import type { Tensor } from '@gradus/tensor';
import type { NumbersNetwork, Rows } from './lesson-numbers.js';
import { heading, say, show } from './narrate.js';

/** Whether two tensors are the same in every bit, which is more than being equal: -0 and 0 differ here. */
export function equalBits(a: Tensor, b: Tensor): boolean {
  const bytes = ({ data }: Tensor): Uint8Array =>
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const [left, right] = [bytes(a), bytes(b)];
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}

/** Step 5. Returns the file it wrote. */
export async function lessonSave(
  folder: string,
  { model, xScaler }: NumbersNetwork,
  test: Rows,
): Promise<string> {
  heading('5. Saved and loaded');
  const file = path.join(folder, 'numbers-model.safetensors');
  await model.save(file);
  const loaded = await loadModel(file);
  const x = xScaler.transform(test.x);
  const before = model.predict(x) as Tensor;
  const after = loaded.predict(x) as Tensor;
  const equal = equalBits(before, after);
  say(
    'The file holds the layers, the weights and the state of the optimizer, so a loaded model can be used at once or trained further. A new object was made from it and asked for all test rows:',
  );
  show(`${before.size} predictions, equal to the bit:   ${equal ? 'yes' : 'NO'}`);
  if (!equal) throw new Error('The loaded model predicts other numbers than the saved one.');
  return file;
}
