import { hasBody, simplify } from '@gradus/tensor/backend';
import type { Graph } from '@gradus/tensor/backend';
import { joinPads } from './join-pads.js';
import { liftSums } from './lift-sums.js';
import { plainPowers } from './plain-powers.js';
import { shareSteps } from './share-steps.js';
import { trimScans } from './trim-scans.js';

/** Bodies of loops first, so that what is done to the loops sees them as they will be. */
function rewriteBodies(graph: Graph): Graph {
  if (!graph.nodes.some(({ params }) => hasBody(params))) return graph;
  return {
    ...graph,
    nodes: graph.nodes.map((node) =>
      hasBody(node.params)
        ? { ...node, params: { ...node.params, body: rewrite(simplify(node.params.body)) } }
        : node,
    ),
  };
}

/** The same computation in a form that has faster kernels. Inputs, state, outputs and next state keep their places. */
export function rewrite(graph: Graph): Graph {
  const changed = liftSums(shareSteps(trimScans(joinPads(plainPowers(rewriteBodies(graph))))));
  return changed === graph ? graph : simplify(changed);
}
