import type { CallContext, Mask, SymbolicTensor } from '@gradus/layers';
import { asLayerResult, mapCallOptions, masksOfCall } from '@gradus/layers';
import { Tensor, foldIn, key } from '@gradus/tensor';
import type { Graph } from './graph.js';
import { isModel } from './graph.js';
import { warnOfLostMask } from './lost-mask.js';
import type { Variable } from './variables.js';
import { existingVariables } from './variables.js';

/** What running a model needs besides its inputs. `values` is updated with the new states of layers. */
export interface ForwardContext {
  readonly training: boolean;
  /** Randomness of this step. */
  readonly key: Tensor | undefined;
  readonly values: Map<Variable, Tensor>;
  /** Losses that layers add: activity penalties. */
  readonly losses: Tensor[];
  /** Sees the output of every layer call, by its path. */
  readonly observe?: (path: string, output: Tensor) => void;
}

export interface ForwardResult {
  readonly outputs: readonly Tensor[];
  readonly masks: readonly Mask[];
}

/** Runs the layers of a model in order: a pure function of inputs and variables, so it can be recorded and differentiated. */
export function forward(
  graph: Graph,
  inputs: readonly Tensor[],
  context: ForwardContext,
  prefix = '',
  inputMasks: readonly Mask[] = [],
): ForwardResult {
  const results = new Map<object, { outputs: readonly Tensor[]; masks: readonly Mask[] }>();
  graph.inputs.forEach(({ source }, i) =>
    results.set(source, { outputs: [inputs[i] as Tensor], masks: [inputMasks[i] ?? null] }),
  );
  const find = ({ source, index }: SymbolicTensor): { output: Tensor; mask: Mask } => {
    const result = results.get(source);
    // A graph cut out of a larger one may start at any tensor, whose index there is not the index here.
    const position = result?.outputs.length === 1 ? 0 : index;
    return { output: result?.outputs[position] as Tensor, mask: result?.masks[position] ?? null };
  };
  for (const call of graph.calls) {
    const { layer } = call;
    const path = `${prefix}${graph.layerNames.get(layer) as string}`;
    const given = call.inputs.map(find);
    const tensors = given.map(({ output }) => output);
    const options = mapCallOptions(call.options, (symbol) => find(symbol).output);
    const { seen, passedOn } = masksOfCall(
      layer,
      given.map(({ mask }) => mask),
      options,
    );
    const training = options.training ?? context.training;
    if (isModel(layer)) {
      const inner = { ...context, training };
      results.set(call, forward(layer.graph, tensors, inner, `${path}/`, seen));
      continue;
    }
    const variables = existingVariables(layer);
    const params = Object.fromEntries(
      variables.map(({ name, variable }) => [
        name,
        context.values.get(variable) ?? variable.read(),
      ]),
    );
    // Keras runs a frozen batch normalization with its running statistics, whatever the mode.
    const isFrozen =
      layer.className === 'BatchNormalization' &&
      (!layer.trainable || variables.some(({ variable }) => variable.frozen));
    const callContext: CallContext = {
      training: training && !isFrozen,
      key: (purpose = 'dropout') => foldIn(context.key ?? key(0), `${purpose}/${path}`),
      mask: seen[0] ?? null,
      masks: seen,
      callOptions: options,
    };
    const input = call.inputsAs === 'single' ? (tensors[0] as Tensor) : tensors;
    const { output, state, losses } = asLayerResult(layer.call(params, input, callContext));
    for (const { name, variable } of variables) {
      const next = state[name];
      if (next !== undefined) context.values.set(variable, next);
    }
    context.losses.push(...losses);
    const outputs = output instanceof Tensor ? [output] : output;
    const mask: Mask | readonly Mask[] = layer.computeMask(
      input,
      call.inputsAs === 'single' ? (passedOn[0] ?? null) : passedOn,
      options,
    );
    const masks = mask === null || mask instanceof Tensor ? [mask] : mask;
    if (masks.every((made) => made === null)) warnOfLostMask(layer, path, passedOn);
    results.set(call, { outputs, masks: outputs.map((_, i) => masks[i] ?? null) });
    if (context.observe !== undefined) context.observe(path, outputs[0] as Tensor);
  }
  const final = graph.outputs.map(find);
  return { outputs: final.map(({ output }) => output), masks: final.map(({ mask }) => mask) };
}
