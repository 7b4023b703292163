/** Keras' fuzz factor. Constants meet tensors in the tensor's dtype, so in float32 `1 - EPSILON` is 0.99999988. */
export const EPSILON: number = 1e-7;
