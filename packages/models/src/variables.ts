import type { Initializer, Layer, ParameterSpec, SymbolicShape } from '@gradus/layers';
import type { DType, NestedArray, Shape, TypedArray } from '@gradus/tensor';
import { ShapeError, Tensor, foldIn, key, tensor } from '@gradus/tensor';

/** Where the newest numbers of a variable are while programs train it. */
export interface VariableHome {
  pull(variable: Variable): Tensor;
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/**
 * One array of numbers that a model owns: a kernel, a bias, a running mean. While a program trains the model the numbers
 * live in the memory of the program; `read` fetches them when somebody asks, and not before.
 */
export class Variable {
  /** Where it sits in the model that made it: `dense_1/kernel`. */
  readonly path: string;
  /** The name that the layer gave it: `kernel`. */
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly spec: ParameterSpec;
  readonly #layerTrainable: boolean;
  /** Set by `model.freeze`. */
  frozen = false;
  /** Grows with every change, so that programs notice what changed outside of them. */
  version = 0;
  #value: Tensor;
  #home: VariableHome | undefined;
  #stale = false;

  constructor(
    path: string,
    name: string,
    spec: ParameterSpec,
    layerTrainable: boolean,
    value: Tensor,
  ) {
    this.path = path;
    this.name = name;
    this.spec = spec;
    this.shape = spec.shape;
    this.dtype = spec.dtype ?? 'float32';
    this.#layerTrainable = layerTrainable;
    this.#value = value;
  }

  /** Whether the optimizer may change it. */
  get trainable(): boolean {
    return this.spec.trainable !== false && this.#layerTrainable && !this.frozen;
  }

  /** Number of elements. */
  get size(): number {
    return this.shape.reduce((product, length) => product * length, 1);
  }

  /** How many of its elements count as parameters: fewer than all where some have no effect, as in a sparse layer. */
  get parameterCount(): number {
    return this.spec.parameterCount ?? this.size;
  }

  get home(): VariableHome | undefined {
    return this.#home;
  }

  /** The numbers as they are now. */
  read(): Tensor {
    if (this.#stale && this.#home !== undefined) {
      this.#value = this.#home.pull(this);
      this.#stale = false;
    }
    return this.#value;
  }

  /**
   * Replaces the numbers.
   *
   * @throws ShapeError when the shape differs.
   */
  assign(value: Tensor | TypedArray | NestedArray): void {
    const given =
      value instanceof Tensor
        ? value
        : tensor(
            value,
            ArrayBuffer.isView(value)
              ? { shape: this.shape, dtype: this.dtype }
              : { dtype: this.dtype },
          );
    if (!sameShape(given.shape, this.shape))
      throw new ShapeError('variable/shape', `"${this.path}" keeps its shape.`, {
        got: `[${given.shape.join(', ')}]`,
        expected: `[${this.shape.join(', ')}]`,
        fix: 'reshape the value, or build the model for the shape that you have',
      });
    // A copy: the caller may go on writing into its array.
    this.#value = tensor(
      (given.dtype === this.dtype ? given : given.cast(this.dtype)).data.slice(),
      {
        shape: this.shape,
        dtype: this.dtype,
      },
    );
    this.#home = undefined;
    this.#stale = false;
    this.version++;
  }

  /** Sets the numbers to what the initializer makes without a seed: for states, which begin with the same. */
  reset(): void {
    this.assign(this.spec.initializer(this.shape, this.dtype, key(0)));
  }

  /** Called by a program after it changed the numbers in its own memory. */
  changedIn(home: VariableHome): void {
    this.#home = home;
    this.#stale = true;
    this.version++;
  }
}

/** A variable under the name that it has in a layer. */
export interface OwnedVariable {
  readonly name: string;
  readonly variable: Variable;
}

// By identity of the layer: a layer used in two models has one set of weights, as in Keras.
const owned = new WeakMap<Layer, readonly OwnedVariable[]>();

// Variables that exist before the layer that asks for them: those of a model inside a layer.
const behind = new WeakMap<Initializer, Variable>();

/** The description of a variable that is there already; a layer that builds with it shares the variable itself. */
export function sharedSpec(variable: Variable): ParameterSpec {
  const initializer: Initializer = Object.assign(() => variable.read(), {
    className: 'Shared',
    config: {},
  });
  behind.set(initializer, variable);
  return { ...variable.spec, initializer };
}

/**
 * The variables of a layer, made at its first use. The initial numbers depend on the seed and on the path only, so adding
 * a layer does not change the others.
 */
export function variablesOf(
  layer: Layer,
  inputShapes: readonly SymbolicShape[],
  path: string,
  seed: number | string,
): readonly OwnedVariable[] {
  const specs = Object.entries(layer.build(inputShapes));
  const existing = owned.get(layer);
  if (existing !== undefined) {
    specs.forEach(([name, spec], i) => {
      const variable = existing[i]?.variable;
      if (variable !== undefined && !sameShape(variable.shape, spec.shape))
        throw new ShapeError(
          'layer/shared',
          `"${path}" is shared, so both uses must have the same parameter shapes.`,
          {
            got: `${name} [${spec.shape.join(', ')}]`,
            expected: `[${variable.shape.join(', ')}], as at its first use`,
            fix: 'make a second layer for this input',
          },
        );
    });
    return existing;
  }
  const variables = specs.map(([name, spec]) => {
    const shared = behind.get(spec.initializer);
    if (shared !== undefined) return { name, variable: shared };
    const variablePath = `${path}/${name}`;
    const value = spec.initializer(
      spec.shape,
      spec.dtype ?? 'float32',
      foldIn(key(seed), `init/${variablePath}`),
    );
    return { name, variable: new Variable(variablePath, name, spec, layer.trainable, value) };
  });
  owned.set(layer, variables);
  return variables;
}

/** The variables that a layer has already, or none. */
export function existingVariables(layer: Layer): readonly OwnedVariable[] {
  return owned.get(layer) ?? [];
}

/** Parameters of several variables together. */
export function countParameters(variables: readonly Variable[]): number {
  return variables.reduce((total, { parameterCount }) => total + parameterCount, 0);
}
