import { offerBackend } from '@gradus/tensor';
import { wasmBackend } from '@gradus/wasm';

/**
 * Offers the WASM engine to all programs made from now on; whoever calls `setDefaultBackend` has the last word. A call, not
 * something that happens on import: bundlers drop imports that only do something.
 */
export function useEngine(): void {
  offerBackend(wasmBackend);
}
