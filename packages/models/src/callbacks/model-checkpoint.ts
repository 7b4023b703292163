import type { Callback } from './callback.js';
import type { MonitorOptions } from './monitor.js';
import { Monitor } from './monitor.js';

/** Options of {@link modelCheckpoint}. */
export interface ModelCheckpointOptions extends MonitorOptions {
  /** Default false. */
  readonly saveBestOnly?: boolean;
  readonly verbose?: 0 | 1;
  /** Value to beat at first. */
  readonly initialValueThreshold?: number;
}

/** Saves the model after every epoch; `{epoch}`, `{epoch:02d}` and `{val_loss:.2f}` in the path are filled in. */
export function modelCheckpoint(path: string, options: ModelCheckpointOptions = {}): Callback {
  const { saveBestOnly = false, verbose = 0, initialValueThreshold } = options;
  const monitor = new Monitor(options, initialValueThreshold);
  return {
    async onEpochEnd(epoch, logs, context) {
      const target = path.replace(/\{(\w+)(?::0?(\d*)(?:\.(\d+))?[df])?\}/g, (_, name: string, width = '', digits?: string) => {
        const value = name === 'epoch' ? epoch + 1 : (logs[name] ?? NaN);
        return (digits === undefined ? String(value) : value.toFixed(Number(digits))).padStart(Number(width), '0');
      });
      const value = monitor.read(logs);
      if (saveBestOnly) {
        if (value === undefined || !monitor.beats(value, monitor.best, context)) {
          if (verbose > 0 && value !== undefined)
            context.print(`\nEpoch ${epoch + 1}: ${monitor.name} did not improve from ${monitor.best?.toFixed(5)}`);
          return;
        }
        if (verbose > 0)
          context.print(`\nEpoch ${epoch + 1}: ${monitor.name} improved from ${monitor.best?.toFixed(5) ?? 'None'} to ${value.toFixed(5)}, saving model to ${target}`);
        monitor.best = value;
      } else if (verbose > 0) context.print(`\nEpoch ${epoch + 1}: saving model to ${target}`);
      await context.save(target);
    },
  };
}
