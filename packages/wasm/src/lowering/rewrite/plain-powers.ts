import type { Graph, GraphNode, ValueId } from '@gradus/tensor/backend';
import { GraphEditor } from './graph-editor.js';

/** Numbers that a value is everywhere: constants of one element, under any shape. */
function numbersOf(graph: Graph): Map<ValueId, number> {
  const numbers = new Map<ValueId, number>();
  for (const { value, data } of graph.constants)
    if (data.length === 1) numbers.set(value, data[0] as number);
  for (const { primitive, inputs, outputs } of graph.nodes) {
    const number = numbers.get(inputs[0] as ValueId);
    const repeats = primitive.name === 'broadcast' || primitive.name === 'reshape';
    if (repeats && number !== undefined) numbers.set(outputs[0] as ValueId, number);
  }
  return numbers;
}

/**
 * Squares, reciprocals and first powers without the general power, which takes twenty times as long. The results are the
 * same bits: x^2 and x^-1 are rounded once either way.
 */
export function plainPowers(graph: Graph): Graph {
  if (!graph.nodes.some(({ primitive }) => primitive.name === 'pow')) return graph;
  const numbers = numbersOf(graph);
  const editor = new GraphEditor(graph);
  let isChanged = false;
  const replace = ({ inputs, outputs }: GraphNode): boolean => {
    const [x, exponent] = inputs as readonly [ValueId, ValueId];
    const [output] = outputs as readonly [ValueId];
    const number = numbers.get(exponent);
    const type = editor.type(editor.resolve(x));
    if (type.shape.join() !== editor.type(output).shape.join()) return false;
    if (number === 1) editor.replace(output, x);
    else if (number === 2) editor.replace(output, editor.add('mul', [x, x], undefined));
    else if (number === -1 && type.dtype === 'float32')
      editor.replace(output, editor.add('div', [editor.constant(1, 'float32'), x], undefined));
    else return false;
    return true;
  };
  for (const node of graph.nodes)
    if (node.primitive.name === 'pow' && replace(node)) isChanged = true;
    else editor.keep(node);
  return isChanged ? editor.finish() : graph;
}
