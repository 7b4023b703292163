import { offerBackend } from '@gradus/tensor';
import { wasmBackend } from '@gradus/wasm';

// Models are fast out of the box; whoever calls setDefaultBackend has the last word.
offerBackend(wasmBackend);
