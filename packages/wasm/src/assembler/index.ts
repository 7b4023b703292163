export { FunctionBuilder } from './function-builder.js';
export type { FunctionRef, Local, Signature, ValueType } from './function-builder.js';
export { LARGEST_PAGES, ModuleBuilder } from './module-builder.js';
export type { MemoryImport } from './module-builder.js';
export type { MemoryOpcode, PlainOpcode, SimdOpcode } from './opcodes.js';
