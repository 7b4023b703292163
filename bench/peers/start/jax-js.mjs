import { defaultDevice, init, jit, numpy as np, valueAndGrad } from '@jax-js/jax';

await init('wasm');
defaultDevice('wasm');
const loss = ([w1, b1, w2, b2], x, y) => {
  const difference = np.matmul(np.matmul(x, w1).add(b1), w2).add(b2).sub(y);
  return np.mean(difference.ref.mul(difference));
};
const step = jit((parameters, x, y) => {
  const [value, gradients] = valueAndGrad(loss)(
    parameters.map((each) => each.ref),
    x,
    y,
  );
  return [parameters.map((w, i) => w.sub(gradients[i].mul(0.01))), value];
});
const parameters = [np.ones([3, 4]), np.zeros([4]), np.ones([4, 1]), np.zeros([1])];
const [, value] = step(parameters, np.array([[0.1, 0.2, 0.3]]), np.array([[1.4]]));
value.dataSync();
console.log('done');
