import type { Callback, TrainingContext } from './callback.js';
import { hookNames } from './callback.js';

type HookName = keyof Callback;
type AnyHook = (...args: unknown[]) => void | Promise<void>;
type ArgumentsOf<Name extends HookName> = Required<Callback>[Name] extends (
  ...args: [...infer Args, TrainingContext]
) => unknown
  ? Args
  : never;

/** Callbacks in their order. A moment that nobody listens to costs a look-up. */
export class CallbackList {
  readonly #context: TrainingContext;
  readonly #hooks: Map<HookName, readonly AnyHook[]> = new Map();

  constructor(callbacks: readonly Callback[], context: TrainingContext) {
    this.#context = context;
    // By name and not by key: the methods of a class are no keys of its objects.
    for (const name of hookNames) {
      const hooks = callbacks.flatMap((callback) => {
        const hook = callback[name];
        // Bound, so that a hook may be a method that uses `this`.
        return typeof hook === 'function' ? [(hook as AnyHook).bind(callback)] : [];
      });
      if (hooks.length > 0) this.#hooks.set(name, hooks);
    }
  }

  /** Calls a hook of all callbacks, one after another. Returns a promise only when one of them has to be waited for. */
  run<Name extends HookName>(name: Name, ...args: ArgumentsOf<Name>): Promise<void> | undefined {
    const hooks = this.#hooks.get(name);
    if (hooks === undefined) return undefined;
    for (let i = 0; i < hooks.length; i++) {
      const pending = (hooks[i] as AnyHook)(...args, this.#context);
      if (pending instanceof Promise) return this.#rest(hooks, i + 1, pending, args);
    }
    return undefined;
  }

  async #rest(
    hooks: readonly AnyHook[],
    begin: number,
    pending: Promise<void>,
    args: readonly unknown[],
  ): Promise<void> {
    await pending;
    for (let i = begin; i < hooks.length; i++) await (hooks[i] as AnyHook)(...args, this.#context);
  }
}
