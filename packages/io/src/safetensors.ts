/** Safetensors alone: what saved models are made of, without the other formats and the libraries they need. */
export type { ArrayValue } from './array-value.js';
export type { Safetensors, SafetensorsOptions } from './safetensors/safetensors.js';
export {
  formatSafetensors,
  parseSafetensors,
  readSafetensors,
  writeSafetensors,
} from './safetensors/safetensors.js';
