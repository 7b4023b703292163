/** What turns text into numbers, before a model. */
export * from './built-in-text-layers.js';
export type { HashedCrossingFactory, HashedCrossingOptions } from './hashed-crossing.js';
export type { Hashable, HashingFactory, HashingOptions } from './hashing.js';
export type { NestedText } from './nested-text.js';
export { textLayerFromConfig, textLayerRegistry } from './registry.js';
export type { TextLayerMaker } from './registry.js';
export type { StringLookupFactory, StringLookupOptions } from './string-lookup.js';
export type { AdaptableTextLayer, TextLayer, TextLayerOptions } from './text-layer.js';
export type { TextVectorizationFactory, TextVectorizationOptions } from './text-vectorization.js';
export type { Split, Standardize } from './tokens.js';
