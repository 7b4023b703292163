// The barrel of text layers. The registry reads it too, so a line here is all that a new one needs.
export { hashedCrossing } from './hashed-crossing.js';
export { hashing } from './hashing.js';
export { stringLookup } from './string-lookup.js';
export { textVectorization } from './text-vectorization.js';
