import type { Logs } from './programs.js';

/** Logs that are read from the program when somebody looks at them, and not before: most batches nobody looks at. */
export function lazyLogs(read: () => Logs): Logs {
  let known: Logs | undefined;
  const logs = (): Logs => (known ??= read());
  return new Proxy<Logs>(
    {},
    {
      get: (_, key) => (typeof key === 'string' ? logs()[key] : undefined),
      set: (_, key, value: number) => {
        logs()[key as string] = value;
        return true;
      },
      has: (_, key) => key in logs(),
      ownKeys: () => Object.keys(logs()),
      getOwnPropertyDescriptor: (_, key) => {
        const value = logs()[key as string];
        return value === undefined
          ? undefined
          : { value, writable: true, enumerable: true, configurable: true };
      },
    },
  );
}

/** Logs in the order in which Keras hands them to callbacks and histories. */
export function sortedLogs(logs: Logs): Logs {
  return Object.fromEntries(Object.entries(logs).sort(([a], [b]) => (a < b ? -1 : 1)));
}
