// A training step written with the public pieces: one compiled program that carries weights and optimizer state.
import { compile, createState, valueAndGrad } from 'gradus';

/**
 * Compiles `loss(parameters, x, y)` and an optimizer into one step.
 *
 * @returns a function `(x, y) => loss`; weights stay in the program's memory
 */
export function trainer(parameters, loss, optimizer) {
  const carry = createState({ parameters, slots: optimizer.init(parameters) });
  return compile(
    (state, x, y) => {
      const [value, gradients] = valueAndGrad((p) => loss(p, x, y))(state.parameters);
      const [next, slots] = optimizer.update(gradients, state.slots, state.parameters);
      return [{ parameters: next, slots }, value];
    },
    { carry },
  );
}
