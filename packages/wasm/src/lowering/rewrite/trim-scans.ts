import { simplify } from '@gradus/tensor/backend';
import type { Graph, ValueId } from '@gradus/tensor/backend';
import { viewGraph } from '../graph-view.js';
import { GraphEditor } from './graph-editor.js';
import { scanNode } from './scan-node.js';
import type { ScanNode } from './scan-node.js';

/** What a loop reads, and its body. */
export type ScanInputs = Pick<ScanNode, 'body' | 'steps' | 'captured'>;

/** The same loop without nodes that nothing needs, and without what only those read. `scan.body` lists carries first. */
export function withoutUnread(scan: ScanInputs, carryCount: number): ScanInputs {
  const body = simplify(scan.body);
  const read = new Set<ValueId>([...body.nodes.flatMap(({ inputs }) => inputs), ...body.outputs]);
  const isRead = (start: number) => (_: ValueId, i: number) =>
    read.has(body.inputs[start + i] as ValueId);
  return {
    body: { ...body, inputs: body.inputs.filter((value, i) => i < carryCount || read.has(value)) },
    steps: scan.steps.filter(isRead(carryCount)),
    captured: scan.captured.filter(isRead(carryCount + scan.steps.length)),
  };
}

/** Drops results of loops that nobody wants: gradients of what is not trained, mostly. */
export function trimScans(graph: Graph): Graph {
  const view = viewGraph(graph);
  const editor = new GraphEditor(graph);
  const isUsed = (value: ValueId): boolean => view.users(value).length > 0 || view.isOutput(value);
  let isChanged = false;
  for (const node of graph.nodes) {
    const scan = node.primitive.name === 'scan' ? scanNode(node) : undefined;
    if (scan === undefined || scan.results.every(isUsed)) {
      editor.keep(node);
      continue;
    }
    isChanged = true;
    const { carryCount, length, reverse, carries } = scan;
    const { body, steps, captured } = withoutUnread(
      {
        ...scan,
        body: {
          ...scan.body,
          outputs: scan.body.outputs.filter(
            (_, i) => i < carryCount || isUsed(scan.results[i - carryCount] as ValueId),
          ),
        },
      },
      carryCount,
    );
    editor.keep({
      ...node,
      inputs: [...carries, ...steps, ...captured],
      outputs: [...scan.last, ...scan.history, ...scan.results.filter(isUsed)],
      params: { body, length, reverse, carryCount, stepCount: steps.length },
    });
  }
  return isChanged ? editor.finish() : graph;
}
