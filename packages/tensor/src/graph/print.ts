import type { TensorType } from '../primitive.js';
import type { Graph, ValueId } from './graph.js';
import { hasBody } from './graph.js';

/**
 * A graph as text, one node a line:
 *
 *     inputs   %0: float32[2,3]
 *     %2: float32[2,4] = matmul(%0, %1) {"transposeX":false,"transposeY":false}
 *     outputs  %2
 */
export function printGraph(graph: Graph, indent = ''): string {
  const typed = (id: ValueId): string => {
    const { dtype, shape } = graph.types[id] as TensorType;
    return `%${id}: ${dtype}[${shape.join()}]`;
  };
  const names = (ids: readonly ValueId[]): string => ids.map((id) => `%${id}`).join(', ');
  const lines: string[] = [];
  if (graph.inputs.length > 0) lines.push(`inputs   ${graph.inputs.map(typed).join(', ')}`);
  if (graph.state.length > 0) lines.push(`state    ${graph.state.map(typed).join(', ')}`);
  for (const { value, data } of graph.constants)
    lines.push(
      `${typed(value)} = constant ${data.length === 1 ? data[0] : `of ${data.length} values`}`,
    );
  for (const { primitive, params, inputs, outputs } of graph.nodes) {
    const shown =
      params === undefined
        ? ''
        : ` ${JSON.stringify(params, (key, v: unknown) => (key === 'body' ? undefined : v))}`;
    lines.push(`${outputs.map(typed).join(', ')} = ${primitive.name}(${names(inputs)})${shown}`);
    if (hasBody(params)) lines.push(printGraph(params.body, '  '));
  }
  lines.push(`outputs  ${names(graph.outputs)}`);
  if (graph.nextState.length > 0) lines.push(`state    ${names(graph.nextState)}`);
  return lines.map((line) => line.replace(/^/gm, indent)).join('\n');
}
