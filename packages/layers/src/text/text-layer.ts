import { NameError, ValueError, nearestName } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { layerLabel } from '../layer-errors.js';
import type { JsonValue } from '../serialized.js';
import { toJson } from '../serialized.js';
import type { NestedText } from './nested-text.js';

/** Options that every text layer takes. */
export interface TextLayerOptions {
  /** How the layer is called in errors and files. Default: its class. */
  readonly name?: string;
}

/**
 * A function from texts to numbers, with Keras' name and options. Tensors hold numbers only, so it runs before the model:
 * on plain arrays, in the generator of a dataset, or in a request. Frozen, like a layer.
 */
export interface TextLayer<Input = NestedText, Output = Tensor> {
  (input: Input): Output;
  readonly className: string;
  readonly name: string | undefined;
  readonly options: Readonly<Record<string, unknown>>;
  /** Options as plain data, enough to make it again with `textLayerFromConfig`. */
  getConfig(): { readonly [option: string]: JsonValue };
}

/** A text layer that learns a vocabulary from data. */
export interface AdaptableTextLayer<Input = NestedText, Output = Tensor> extends TextLayer<
  Input,
  Output
> {
  /** The same layer with the vocabulary of the data: it is frozen, so keep what comes back. */
  adapt(data: NestedText): AdaptableTextLayer<Input, Output>;
  /** Every token under its number; without the special ones on request. */
  getVocabulary(options?: { readonly includeSpecialTokens?: boolean }): readonly string[];
  /** How many tokens there are, special ones included. */
  readonly vocabularySize: number;
}

/** What a class of text layers does, given its resolved options. */
export interface TextLayerDefinition<Options extends TextLayerOptions, Config extends object> {
  readonly className: string;
  resolve(options: Options): Config;
  /** The function, and what else the layer can do; called once for each layer. */
  make(
    config: Config,
    label: string,
    again: (changes: object) => unknown,
  ): { readonly call: (input: never) => unknown; readonly members?: object };
}

function inModel(label: string): never {
  throw new ValueError('text/in-model', `${label} cannot be part of a model.`, {
    got: 'a model with text inside',
    expected: 'numbers: tensors hold no text',
    fix: `call it before the model: model.predict(${label.split(' ')[0] ?? ''}(texts)), or in the generator of a dataset`,
  });
}

/** Defines a class of text layers. Unknown options are refused, as in layers. */
export function defineTextLayer<Options extends TextLayerOptions, Config extends object>(
  definition: TextLayerDefinition<Options, Config>,
): (options?: Options) => TextLayer<never, unknown> {
  const { className } = definition;
  const factory = (given: Options = {} as Options): TextLayer<never, unknown> => {
    const label = layerLabel(className, given);
    const config = definition.resolve(given);
    const known = [...Object.keys(config), 'name'];
    for (const option of Object.keys(given)) {
      if (known.includes(option)) continue;
      const nearest = nearestName(option, known);
      throw new NameError('layer/unknown-option', `${label} has no option '${option}'.`, {
        got: `'${option}'`,
        expected: [...known].sort().join(', '),
        fix: nearest === undefined ? 'use one of the options above' : `did you mean '${nearest}'?`,
      });
    }
    const { call, members = {} } = definition.make(config, label, (changes) =>
      factory({ ...given, ...changes }),
    );
    const layer = (input: unknown): unknown => {
      if (typeof input === 'object' && input !== null && 'source' in input) inModel(label);
      return call(input as never);
    };
    const { name } = given;
    Object.defineProperty(layer, 'name', { value: name, enumerable: true });
    return Object.freeze(
      Object.assign(layer, {
        className,
        options: Object.freeze({ ...config }),
        // A model that is given a text layer asks it to build itself; this is the place to say why it cannot.
        build: () => inModel(label),
        getConfig: () => ({
          ...Object.fromEntries(
            Object.entries(config).map(([option, value]) => [
              option,
              toJson(value, `option ${option} of ${label}`),
            ]),
          ),
          ...(name === undefined ? {} : { name }),
        }),
        ...members,
      }),
    ) as unknown as TextLayer<never, unknown>;
  };
  return Object.freeze(Object.assign(factory, { className }));
}
