import type { Layer } from '@gradus/layers';
import type { NestedArray, Tensor, TypedArray } from '@gradus/tensor';
import { ShapeError, Tensor as TensorClass, ValueError, tensor, unknownName } from '@gradus/tensor';
import { weightsOfConfig } from './config.js';
import type { PlacedVariable } from './graph.js';
import { placeVariables } from './graph.js';
import { LayeredModel } from './layered-model.js';
import type { Variable } from './variables.js';
import { countParameters } from './variables.js';

/** What makes a model hold numbers: its variables, by path and in Keras' order, and which of them are trained. */
export abstract class WeightedModel extends LayeredModel {
  #placed: readonly PlacedVariable[] | undefined;

  /** Called when variables came, went, or are trained from now on or no more. */
  protected abstract forgetPrograms(): void;

  /** Forgets which variables there are. Their numbers stay with their layers. */
  protected forgetVariables(): void {
    this.readVariables();
    this.#placed = undefined;
  }

  /** Brings the numbers home from the memory of programs that are about to go. */
  protected readVariables(): void {
    for (const { variable } of this.#placed ?? []) variable.read();
  }

  /** Variables with their paths in this model, layer by layer. */
  get placedVariables(): readonly PlacedVariable[] {
    if (this.#placed === undefined) {
      this.#placed = placeVariables(this.graph, this.seed);
      if (!this.trainable) for (const { variable } of this.#placed) variable.frozen = true;
    }
    return this.#placed;
  }

  get variables(): readonly Variable[] {
    return this.placedVariables.map(({ variable }) => variable);
  }

  /** Variables in the order of `getWeights`: per layer trainable ones first, as in Keras. */
  get weights(): readonly Variable[] {
    return weightsOfConfig(this.placedVariables)
      .map(({ variable }) => variable)
      .filter(({ spec }) => spec.isState !== true);
  }

  /**
   * Sets back what stateful layers remember from batch to batch, as before the first: of one layer, or of all.
   *
   * @throws NameError for a layer that is not there or remembers nothing.
   * @example
   * model.resetStates();
   */
  resetStates(layerName?: string): void {
    const states = this.placedVariables.filter(({ variable }) => variable.spec.isState === true);
    const layers = [...new Set(states.map(({ path }) => path.slice(0, path.lastIndexOf('/'))))];
    if (layerName !== undefined && !layers.some((path) => `${path}/`.startsWith(`${layerName}/`)))
      throw unknownName('state', layerName, layers);
    for (const { path, variable } of states)
      if (layerName === undefined || path.startsWith(`${layerName}/`)) variable.reset();
  }

  /** Paths of the variables in the order of `weights`. */
  get weightPaths(): readonly string[] {
    const paths = new Map(this.placedVariables.map(({ path, variable }) => [variable, path]));
    return this.weights.map((variable) => paths.get(variable) ?? variable.path);
  }

  get trainableVariables(): readonly Variable[] {
    return this.variables.filter(({ trainable }) => trainable);
  }

  /** The weights that training changes, in the order of `weights`. */
  get trainableWeights(): readonly Variable[] {
    return this.weights.filter(({ trainable }) => trainable);
  }

  /** The weights that training leaves alone: frozen ones, and what layers keep such as running means. */
  get nonTrainableWeights(): readonly Variable[] {
    return this.weights.filter(({ trainable }) => !trainable);
  }

  /**
   * A layer by its name in this model, or by its place.
   *
   * @throws NameError or ValueError when there is no such layer.
   * @example
   * model.getLayer('dense_1').className; // => 'Dense'
   */
  getLayer(nameOrIndex: string | number): Layer {
    if (typeof nameOrIndex === 'number') {
      const layer = this.layers.at(nameOrIndex);
      if (layer === undefined)
        throw new ValueError('model/layer', `Model "${this.name}" has no such layer.`, {
          got: `layer ${nameOrIndex}`,
          expected: `0 to ${this.layers.length - 1}`,
        });
      return layer;
    }
    const { layerNames } = this.graph;
    const found = [...layerNames].find(([, name]) => name === nameOrIndex);
    if (found === undefined) throw unknownName('layer', nameOrIndex, [...layerNames.values()]);
    return found[0];
  }

  /** Number of parameters: elements of all variables, without cut connections. */
  get parameterCount(): number {
    return countParameters(this.variables);
  }

  /** Keras' name for {@link WeightedModel.parameterCount}. */
  countParams(): number {
    return this.parameterCount;
  }

  /** A variable by its path, such as `dense/kernel`. */
  variable(path: string): Variable {
    const found = this.placedVariables.find((placed) => placed.path === path);
    if (found === undefined)
      throw unknownName(
        'variable',
        path,
        this.placedVariables.map((placed) => placed.path),
      );
    return found.variable;
  }

  /** The numbers of all variables, in Keras' order. */
  getWeights(): Tensor[] {
    return this.weights.map((variable) => variable.read());
  }

  /** Replaces the numbers of all variables, by tensors or nested arrays; shapes are checked before any is changed. */
  setWeights(given: readonly (Tensor | NestedArray | TypedArray)[]): void {
    const variables = this.weights;
    const weights = given.map((value, i) =>
      value instanceof TensorClass
        ? value
        : tensor(value, { dtype: variables[i]?.dtype ?? 'float32' }),
    );
    if (weights.length !== variables.length)
      throw new ShapeError('model/weights', `Model "${this.name}" has another number of weights.`, {
        got: `${weights.length} tensors`,
        expected: `${variables.length}: ${variables.map(({ path }) => path).join(', ')}`,
      });
    variables.forEach(({ path, shape }, i) => {
      const found = (weights[i] as Tensor).shape;
      if (found.length !== shape.length || found.some((n, axis) => n !== shape[axis]))
        throw new ShapeError('model/weights', `A weight has another shape than "${path}".`, {
          got: `[${found.join(', ')}] at position ${i}`,
          expected: `[${shape.join(', ')}]`,
          fix: 'give the weights of a model with the same layers',
        });
    });
    variables.forEach((variable, i) => variable.assign(weights[i] as Tensor));
  }

  /**
   * Freezes the variables whose path the predicate accepts, and unfreezes the others. It holds at once, without compiling
   * again; the optimizer starts anew.
   *
   * @example
   * model.freeze((path) => path.startsWith('body/'));
   */
  freeze(predicate: (path: string) => boolean): void {
    for (const { path, variable } of this.placedVariables) {
      variable.read();
      variable.frozen = predicate(path);
    }
    this.forgetPrograms();
  }

  protected setAllTrainable(trainable: boolean): void {
    // A model without a shape has no variables yet; they will be frozen when they are made.
    if (this.isBuilt) this.freeze(() => !trainable);
  }

  /**
   * Says whether training changes a layer of this model (and what is inside of it); the other layers stay as they are.
   *
   * @throws NameError when there is no such layer.
   * @example
   * model.setTrainable('embedding', false);
   */
  setTrainable(layerName: string, trainable: boolean): void {
    this.getLayer(layerName);
    for (const { path, variable } of this.placedVariables) {
      variable.read();
      if (path.startsWith(`${layerName}/`)) variable.frozen = !trainable;
    }
    this.forgetPrograms();
  }
}
