import { useEngine } from '@gradus/models';
import * as tensor from '@gradus/tensor';

/** `compile` of `@gradus/tensor`, on the WASM engine unless another backend is set or given. */
export const compile: typeof tensor.compile = (...args: Parameters<typeof tensor.compile>) => {
  useEngine();
  return tensor.compile(...args) as never;
};

/** `createState` of `@gradus/tensor`, on the WASM engine unless another backend is set or given. */
export const createState: typeof tensor.createState = (initial, options) => {
  useEngine();
  return tensor.createState(initial, options);
};
