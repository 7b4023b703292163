import type { Run } from '@gradus/models';
import { show } from './narrate.js';

/**
 * Waits for the end of training and prints the loss on the way: some ten lines, however many epochs there are.
 * `model.fit` returns a run, and a run can be iterated for its events.
 */
export async function watch(run: Run, epochs: number): Promise<void> {
  const every = Math.max(1, Math.round(epochs / 8));
  for await (const event of run) {
    if (event.type !== 'epoch') continue;
    const epoch = event.epoch + 1;
    if (epoch !== 1 && epoch !== epochs && epoch % every !== 0) continue;
    const { loss = NaN, accuracy } = event.logs;
    const more = accuracy === undefined ? '' : `   accuracy ${(100 * accuracy).toFixed(1)} %`;
    show(`epoch ${String(epoch).padStart(4)}   loss ${loss.toPrecision(4)}${more}`);
  }
  await run;
}
