import type { Graph, GraphNode, ValueId } from '@gradus/tensor/backend';
import { viewGraph } from '../graph-view.js';
import { GraphEditor } from './graph-editor.js';

/**
 * Squares, reciprocals and first powers without the general power, which takes twenty times as long. The results are the
 * same bits: x^2 and x^-1 are rounded once either way.
 */
export function plainPowers(graph: Graph): Graph {
  if (!graph.nodes.some(({ primitive }) => primitive.name === 'pow')) return graph;
  const view = viewGraph(graph);
  const editor = new GraphEditor(graph);
  let isChanged = false;
  const replace = ({ inputs, outputs }: GraphNode): boolean => {
    const [x, exponent] = inputs as readonly [ValueId, ValueId];
    const [output] = outputs as readonly [ValueId];
    const number = view.numberOf(exponent);
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
