import type { ValueId } from '@gradus/tensor/backend';
import type { Lowered } from '../../program/kernel-plan.js';
import { sizeOf } from '../access.js';
import { emitConvForward, planConvForward } from './conv-forward.js';
import { convGeometry } from './conv-geometry.js';
import type { ConvGeometry } from './conv-geometry.js';
import { emitConvInputGradient, planConvInputGradient } from './conv-input-gradient.js';
import { emitConvWeightGradient, planConvWeightGradient } from './conv-weight-gradient.js';
import type { GraphView } from '../graph-view.js';
import { matmulProblem } from '../matmul/matmul-problem.js';
import { findTail } from '../matmul/matmul-tail.js';
import type { Pattern } from '../pattern.js';
import { withUses } from '../uses.js';
import type { WindowParams } from '../windows/geometry.js';

/** Images that a matrix of windows was made of. */
interface Windows {
  readonly image: ValueId;
  readonly geometry: ConvGeometry;
}

/** The `unfold` whose result, reshaped to one row for each window, is this value. */
function windowsOf(view: GraphView, value: ValueId): number | undefined {
  const producer = view.producer(view.owner(value));
  return producer !== undefined && view.node(producer).primitive.name === 'unfold'
    ? producer
    : undefined;
}

function geometryOf(view: GraphView, unfold: number): Windows {
  const { inputs, params } = view.node(unfold);
  const image = inputs[0] as ValueId;
  return {
    image: view.owner(image),
    geometry: convGeometry(view.type(image).shape, params as WindowParams),
  };
}

/** All values that share the memory of this one, and the reshapes between them. */
function aliasesOf(
  view: GraphView,
  value: ValueId,
): { readonly values: readonly ValueId[]; readonly reshapes: readonly number[] } {
  const values = [value];
  const reshapes: number[] = [];
  for (const from of values)
    for (const user of view.users(from)) {
      const { primitive, outputs } = view.node(user);
      if (primitive.traits.alias !== true) continue;
      reshapes.push(user);
      values.push(outputs[0] as ValueId);
    }
  return { values, reshapes };
}

/** Whether a `matmul` node multiplies the windows of `unfold`, one in each row, or that matrix transposed. */
function takesWindows(view: GraphView, index: number, unfold: number): boolean {
  const { primitive, inputs, params } = view.node(index);
  if (primitive.name !== 'matmul') return false;
  const [x, y] = inputs as readonly [ValueId, ValueId];
  const { transposeX, transposeY } = params as { transposeX: boolean; transposeY: boolean };
  const { shape, dtype } = view.type(x);
  if (dtype !== 'float32' || shape.length !== 2 || view.type(y).shape.length !== 2) return false;
  if (windowsOf(view, x) !== unfold || windowsOf(view, y) === unfold) return false;
  if (transposeX && transposeY) return false;
  const { shape: windows } = view.type(view.node(unfold).outputs[0] as ValueId);
  const numbers = sizeOf(windows.slice(-2));
  return shape[1] === numbers && sizeOf(shape) > 0 && sizeOf(view.type(y).shape) > 0;
}

/** The reshapes of an `unfold` of which only convolutions read: then nobody writes its windows. */
function readThrough(view: GraphView, unfold: number): readonly number[] | undefined {
  const { values, reshapes } = aliasesOf(view, view.node(unfold).outputs[0] as ValueId);
  const fits = values.every(
    (value) =>
      !view.isOutput(value) &&
      view
        .users(value)
        .every((user) => reshapes.includes(user) || takesWindows(view, user, unfold)),
  );
  return fits ? reshapes : undefined;
}

/** An `unfold` that only convolutions read needs no kernel. */
export const convWindowsPattern: Pattern = (view, index) => {
  const { primitive } = view.node(index);
  if (primitive.name !== 'unfold') return undefined;
  const reshapes = readThrough(view, index);
  if (reshapes === undefined || reshapes.length === 0) return undefined;
  return { nodes: [index, ...reshapes], kernels: [] };
};

const describe = ({ batch, spatial, channels, taps }: ConvGeometry, filters: number): string =>
  `${batch} images [${spatial.join()},${channels}], ${taps} taps, ${filters} filters`;

/** Windows times a kernel, or the gradient of that kernel. */
export const convPattern: Pattern = (view, index, features): Lowered | undefined => {
  const { primitive, inputs, outputs, params } = view.node(index);
  if (primitive.name !== 'matmul') return undefined;
  const unfold = windowsOf(view, inputs[0] as ValueId);
  if (unfold === undefined || readThrough(view, unfold) === undefined) return undefined;
  const found = matmulProblem(view, index);
  if (found === undefined) return undefined;
  const { problem, through } = found;
  const { image, geometry } = geometryOf(view, unfold);
  const { m, n, k, y } = problem;
  const z = outputs[0] as ValueId;
  const work = { flops: 2 * m * n * k, detail: describe(geometry, n) };
  const { transposeX } = params as { readonly transposeX: boolean };
  const nodes = [...through.filter((node) => !view.isClaimed(node)), index];
  if (transposeX) {
    const plan = planConvWeightGradient(features, geometry, image, y, n);
    return {
      nodes,
      kernels: [
        withUses(features, {
          name: 'convWeightGradient',
          ...work,
          inputs: [image, y.value],
          outputs: [z],
          bytes: geometry.batch * geometry.imageBytes + 4 * (k * n + m * n),
          units: plan.units,
          scratchBytes: plan.scratch.bytes,
          emit: (context) => emitConvWeightGradient(context, plan, z),
        }),
      ],
    };
  }
  const {
    tail,
    nodes: followers,
    output,
    outputs: others,
    inputs: reads,
    detail,
  } = findTail(view, z, n);
  const plan = planConvForward(features, geometry, image, y, n);
  return {
    nodes: [...nodes, ...followers],
    kernels: [
      withUses(features, {
        name: 'conv',
        ...work,
        detail: work.detail + detail,
        inputs: [image, y.value, ...reads],
        outputs: [output, ...others],
        bytes: geometry.batch * geometry.imageBytes + 4 * (k * n + m * n),
        units: plan.units,
        scratchBytes: plan.scratch.bytes,
        emit: (context) => emitConvForward(context, plan, output, tail),
      }),
    ],
  };
};

/** Fewer channels than this leave most of a tile empty: then one product for all taps is faster, although it is written. */
const FEW_CHANNELS = 12;

/** A product that is folded into images: the gradient of a convolution's input, or a transposed convolution. */
export const convInputGradientPattern: Pattern = (view, index, features) => {
  const found = matmulProblem(view, index);
  if (found === undefined) return undefined;
  const { problem, through } = found;
  const { m, n, k, x, y, batch } = problem;
  if (batch.length > 0 || x.transposed) return undefined;
  const windows = view.node(index).outputs[0] as ValueId;
  const { values, reshapes } = aliasesOf(view, windows);
  const readers = values.flatMap((value) =>
    view.users(value).filter((user) => !reshapes.includes(user)),
  );
  if (readers.length !== 1 || values.some((value) => view.isOutput(value))) return undefined;
  const [fold] = readers as [number];
  const { primitive, params, outputs } = view.node(fold);
  if (primitive.name !== 'fold' || view.isClaimed(fold)) return undefined;
  const z = outputs[0] as ValueId;
  const { shape } = view.type(z);
  const geometry = convGeometry(shape, params as WindowParams);
  const { channels, taps } = geometry;
  const fillsTiles = channels % 4 === 0 || channels >= FEW_CHANNELS;
  if (!fillsTiles || n !== taps * channels || m !== geometry.batch * geometry.windows)
    return undefined;
  const after = findTail(view, z, channels);
  const takesTail = after.tail.bias === undefined;
  const tail = takesTail ? after.tail : {};
  const output = takesTail ? after.output : z;
  const plan = planConvInputGradient(features, geometry, x, y, k);
  return {
    nodes: [
      ...through.filter((node) => !view.isClaimed(node)),
      index,
      ...reshapes,
      fold,
      ...(takesTail ? after.nodes : []),
    ],
    kernels: [
      withUses(features, {
        name: 'convInputGradient',
        detail: `${describe(geometry, k)}${takesTail ? after.detail : ''}`,
        inputs: [x.value, y.value, ...(takesTail ? after.inputs : [])],
        outputs: [output, ...(takesTail ? after.outputs : [])],
        flops: 2 * m * n * k,
        bytes: geometry.batch * geometry.imageBytes + 4 * (m * k + k * n),
        units: plan.units,
        scratchBytes: plan.scratch.bytes,
        emit: (context) => emitConvInputGradient(context, plan, output, tail),
      }),
    ],
  };
};
