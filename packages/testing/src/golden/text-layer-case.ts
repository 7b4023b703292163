import { textLayerRegistry } from '@gradus/layers';
import type { AdaptableTextLayer } from '@gradus/layers';
import { fromKerasTextLayer } from '@gradus/models';
import { Tensor } from '@gradus/tensor';
import type { Comparison } from './comparison.js';
import { readTensor, toleranceOf } from './format.js';
import type { GoldenCase, Saved } from './format.js';

interface TextCase extends GoldenCase {
  readonly inputs: readonly Saved[];
  readonly inputsAs?: string;
  readonly adaptData?: Saved;
  readonly outputs: readonly Saved[];
  readonly vocabulary?: readonly string[];
}

/** True for a layer that works on text: tensors hold numbers, so it runs before a model. */
export function isTextCase({ className }: GoldenCase): boolean {
  return textLayerRegistry.has(className ?? '');
}

/** A saved tensor as nested lists, which is how text comes in and goes out. */
function nestedLists({ shape, data }: Saved): unknown {
  if (shape.length === 0) return data[0];
  const [count = 0, ...rest] = shape;
  const size = rest.reduce((a, b) => a * b, 1);
  return Array.from({ length: count }, (_, i) =>
    nestedLists({
      shape: rest,
      dtype: 'string',
      data: data.slice(i * size, (i + 1) * size),
    }),
  );
}

const inputOf = (saved: Saved): unknown =>
  saved.dtype === 'string' ? nestedLists(saved) : readTensor(saved);

/** kinds `layer` and `layerAdapt` of layers that work on text. */
export function runTextLayer(golden: GoldenCase, check: Comparison): void {
  const c = golden as TextCase;
  const made = fromKerasTextLayer({ class_name: c.className, config: c.config });
  const layer = c.adaptData
    ? (made as unknown as AdaptableTextLayer).adapt(nestedLists(c.adaptData) as string[])
    : made;
  const inputs = c.inputs.map(inputOf);
  const output: unknown = layer((c.inputsAs === 'list' ? inputs : inputs[0]) as never);
  const [want] = c.outputs;
  if (output instanceof Tensor) check.tensor('output 0', output, want, toleranceOf(c, 'outputs'));
  else check.equal('output 0', output, want && nestedLists(want));
  if (c.vocabulary !== undefined)
    check.equal(
      'vocabulary',
      (layer as unknown as AdaptableTextLayer).getVocabulary(),
      c.vocabulary,
    );
}
