import type { Primitive } from '../primitive.js';
import { cumsumPrimitives } from './cumsum.js';
import { binaryPrimitives, cast, select, unaryPrimitives } from './elementwise.js';
import { gatherPrimitives } from './gather.js';
import { customVjp, identity, stopGradient } from './identity.js';
import { iotaPrimitives } from './iota.js';
import { layoutPrimitives } from './layout.js';
import { matmulPrimitives } from './matmul.js';
import { orderPrimitives } from './order.js';
import { randomPrimitives } from './random.js';
import { reducePrimitives } from './reduce.js';
import { scanPrimitive } from './scan.js';
import { windowPrimitives } from './window.js';

/** The calculus: every primitive there is. All other operations are composed of these. */
export const allPrimitives: readonly Primitive[] = [
  ...Object.values(unaryPrimitives),
  ...Object.values(binaryPrimitives),
  select,
  cast,
  ...Object.values(reducePrimitives),
  ...Object.values(layoutPrimitives),
  ...Object.values(matmulPrimitives),
  ...Object.values(windowPrimitives),
  ...Object.values(gatherPrimitives),
  ...Object.values(cumsumPrimitives),
  ...Object.values(orderPrimitives),
  ...Object.values(randomPrimitives),
  ...Object.values(iotaPrimitives),
  identity,
  stopGradient,
  customVjp,
  scanPrimitive,
] as readonly Primitive[];

/** All primitives by name, for backends that rewrite graphs. */
export const primitivesByName: ReadonlyMap<string, Primitive> = new Map(
  allPrimitives.map((primitive) => [primitive.name, primitive]),
);
