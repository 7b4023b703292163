import type {
  ActivationLike,
  Constraint,
  Initializer,
  Regularizer,
  Serialized,
} from '@gradus/layers';
import { getConstraint, getInitializer, getRegularizer } from '@gradus/layers';
import { camelCase } from './camel.js';
import { isKerasObject } from './keras-object.js';
import type { Revive } from './translate-config.js';
import { supported, translateConfig } from './translate-config.js';
import { UnsupportedKerasError } from './unsupported-keras-error.js';

const refuse: Revive = ({ class_name }) => {
  throw new UnsupportedKerasError(class_name);
};

/** `{ className, config }` of an object, or of a bare name. */
function described(value: unknown): Serialized {
  if (typeof value === 'string') return { className: camelCase(value), config: {} };
  if (!isKerasObject(value)) throw new UnsupportedKerasError(String(value));
  const config = translateConfig(value.class_name, value.config, refuse);
  return { className: value.class_name, config: config as Serialized['config'] };
}

function make<T>(value: unknown, from: (serialized: Serialized) => T): T {
  const serialized = described(value);
  return supported(isKerasObject(value) ? value.class_name : serialized.className, () =>
    from(serialized),
  );
}

/**
 * An initializer that Keras wrote.
 *
 * @throws UnsupportedKerasError for a class that Gradus does not have.
 * @example
 * fromKerasInitializer({ class_name: 'Constant', config: { value: 2 } }).className; // => 'Constant'
 */
export function fromKerasInitializer(value: unknown): Initializer {
  return make(value, getInitializer);
}

/** A regularizer that Keras wrote. Throws UnsupportedKerasError for a class that Gradus does not have. */
export function fromKerasRegularizer(value: unknown): Regularizer {
  return make(value, (serialized) => getRegularizer(serialized) as Regularizer);
}

/** A constraint that Keras wrote. Throws UnsupportedKerasError for a class that Gradus does not have. */
export function fromKerasConstraint(value: unknown): Constraint {
  return make(value, (serialized) => getConstraint(serialized) as Constraint);
}

/** Layers without parameters that Keras also takes as the activation of another layer. */
const activationLayers: Readonly<Record<string, string>> = {
  ReLU: 'relu',
  LeakyReLU: 'leakyRelu',
  ELU: 'elu',
  Softmax: 'softmax',
};

/**
 * An activation that Keras wrote as an object: an activation layer inside another layer.
 *
 * @throws UnsupportedKerasError for a layer that is not a plain function, such as one with parameters of its own.
 */
export function fromKerasActivation(value: unknown): ActivationLike {
  const { className, config } = described(value);
  const { name: _name, trainable: _trainable, activation, ...options } = config;
  if (className === 'Activation') return activation as ActivationLike;
  const name = activationLayers[className];
  if (name === undefined)
    throw new UnsupportedKerasError(
      className,
      'as the activation of another layer',
      'put it after the layer as a layer of its own',
    );
  return { className: name, config: options };
}
