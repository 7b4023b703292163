import type { Run } from '@gradus/models';
import { show } from './narrate.js';

/**
 * Waits for the end of training and prints the loss on the way: some ten lines, however many epochs there are.
 * `model.fit` returns a run, and a run can be iterated for its events.
 */
export async function watch(run: Run, epochs: number): Promise<void> {
  // Training that prints nothing by itself (verbose: 0) leaves it to us what to tell.
  const every = Math.max(1, Math.round(epochs / 8));
  for await (const event of run) {
    if (event.type !== 'epoch') continue;
    const epoch = event.epoch + 1;
    if (epoch !== 1 && epoch !== epochs && epoch % every !== 0) continue;
    const { loss = NaN, accuracy, val_loss: validation } = event.logs;
    const other = validation === undefined ? '' : `   val_loss ${validation.toPrecision(4)}`;
    const more = accuracy === undefined ? '' : `   accuracy ${(100 * accuracy).toFixed(1)} %`;
    show(`epoch ${String(epoch).padStart(4)}   loss ${loss.toPrecision(4)}${other}${more}`);
  }
  await run;
}
