import type { OptionNames } from '../expect-options.js';
import { expectOptions } from '../expect-options.js';
import type { Callback } from './callback.js';

/** Options of {@link remoteMonitor}. */
export interface RemoteMonitorOptions {
  /** Default 'http://localhost:9000'. */
  readonly root?: string;
  /** Default '/publish/epoch/end/'. */
  readonly path?: string;
  /** The field of the form that holds the JSON; not used with `sendAsJson`. Default 'data'. */
  readonly field?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Send JSON as it is instead of in a form. Default false. */
  readonly sendAsJson?: boolean;
}

const optionNames: OptionNames<RemoteMonitorOptions> = {
  field: true,
  headers: true,
  path: true,
  root: true,
  sendAsJson: true,
};

/**
 * Sends the numbers of each epoch to a server, as `{ epoch, loss, ... }`. A server that does not answer is told about once;
 * training goes on.
 *
 * @example
 * await model.fit(x, y, { callbacks: [remoteMonitor({ root: 'http://localhost:9000' })] });
 *
 * Source: Keras 3, `keras.callbacks.RemoteMonitor`.
 */
export function remoteMonitor(options: RemoteMonitorOptions = {}): Callback {
  expectOptions('remoteMonitor', options, optionNames);
  const { root = 'http://localhost:9000', path = '/publish/epoch/end/', field = 'data' } = options;
  const { headers = {}, sendAsJson = false } = options;
  let warned = false;
  return {
    async onEpochEnd(epoch, logs, context) {
      const text = JSON.stringify({ epoch, ...logs });
      try {
        await fetch(root + path, {
          method: 'POST',
          headers: sendAsJson ? { 'Content-Type': 'application/json', ...headers } : headers,
          body: sendAsJson ? text : new URLSearchParams({ [field]: text }),
        });
      } catch {
        if (!warned) context.warn(`Warning: could not reach the remote monitor at ${root}.`);
        warned = true;
      }
    },
  };
}
