import { asLayerResult, fromConfig } from '@gradus/layers';
import type { CallContext, Layer, SymbolicShape } from '@gradus/layers';
import { Tensor, compile, foldIn, key, randomNormal, valueAndGrad } from '@gradus/tensor';
import type { Shape } from '@gradus/tensor';
import { assertNear, assertThat } from './check.js';
import type { Check } from './check.js';

type Params = { readonly [name: string]: Tensor };

/** Options of {@link layerSuite}. */
export interface LayerSuiteOptions {
  /** Makes input `index` of a shape. Default: normal random numbers. */
  readonly makeInput?: (shape: Shape, index: number) => Tensor;
  /** False for layers that `registerLayer` does not know. Default true. */
  readonly registered?: boolean;
}

/** The shape of the first output of a layer that may have several. */
function firstShape(shapes: SymbolicShape | readonly SymbolicShape[]): SymbolicShape {
  return Array.isArray(shapes[0]) ? (shapes[0] as SymbolicShape) : (shapes as SymbolicShape);
}

/**
 * What must hold for every layer, as checks: it builds, its output has the announced shape, its config makes it again,
 * compiled it gives what it gives eagerly, it does not change its inputs, and one step of descent lowers a loss.
 *
 * @param inputShape with the batch; a list of shapes for layers that take a list.
 * @example
 * for (const { name, run } of layerSuite('dense', () => dense({ units: 3 }), [4, 5])) it(name, run);
 */
export function layerSuite(
  name: string,
  makeLayer: () => Layer,
  inputShape: Shape | readonly Shape[],
  {
    makeInput = (shape, index) => randomNormal(foldIn(key(2), index), shape),
    registered = true,
  }: LayerSuiteOptions = {},
): Check[] {
  const list = Array.isArray(inputShape[0]);
  const shapes = (list ? inputShape : [inputShape]) as readonly Shape[];
  const symbolic = shapes.map((shape): SymbolicShape => [null, ...shape.slice(1)]);
  const given = list ? symbolic : (symbolic[0] as SymbolicShape);
  const inputs = (): Tensor[] => shapes.map(makeInput);
  const paramsOf = (layer: Layer): Params =>
    Object.fromEntries(
      Object.entries(layer.build(given)).map(([param, { shape, dtype, initializer }]) => [
        param,
        initializer(shape, dtype ?? 'float32', foldIn(key(1), param)),
      ]),
    );
  const run = (layer: Layer, params: Params, x: readonly Tensor[], training: boolean): Tensor => {
    const context: CallContext = {
      training,
      key: (purpose = '') => foldIn(key(7), purpose),
      mask: null,
      masks: x.map(() => null),
    };
    const { output } = asLayerResult(layer.call(params, list ? x : (x[0] as Tensor), context));
    return output instanceof Tensor ? output : (output[0] as Tensor);
  };

  const checks: Check[] = [
    {
      name: 'builds parameters that its initializers can fill',
      run() {
        const layer = makeLayer();
        for (const [param, { shape }] of Object.entries(layer.build(given)))
          assertThat(
            paramsOf(layer)[param]?.shape.join() === shape.join(),
            `${param} does not have shape [${shape.join(', ')}]`,
          );
      },
    },
    {
      name: 'gives the shape that it announces, in training too',
      run() {
        const layer = makeLayer();
        const announced = firstShape(layer.outputShape(given));
        for (const training of [false, true]) {
          const { shape } = run(layer, paramsOf(layer), inputs(), training);
          assertThat(
            shape.length === announced.length &&
              announced.every((length, axis) => length === null || length === shape[axis]),
            `[${shape.join(', ')}] instead of [${announced.join(', ')}]`,
          );
        }
      },
    },
    {
      name: 'gives compiled what it gives eagerly',
      run() {
        const layer = makeLayer();
        const params = paramsOf(layer);
        for (const training of [false, true]) {
          const program = compile((p: Params, x: readonly Tensor[]) => run(layer, p, x, training));
          assertNear(
            'output',
            program(params, inputs()).data,
            run(layer, params, inputs(), training).data,
            1e-4,
          );
        }
      },
    },
    {
      name: 'leaves its inputs and parameters alone',
      run() {
        const layer = makeLayer();
        const params = paramsOf(layer);
        const x = inputs();
        const before = [...x, ...Object.values(params)].map(({ data }) => data.slice());
        run(layer, params, x, true);
        [...x, ...Object.values(params)].forEach(({ data }, i) =>
          assertNear('input', data, before[i] as typeof data, 0),
        );
      },
    },
    {
      name: 'lets one step of descent lower a loss',
      run() {
        const layer = makeLayer();
        const specs = layer.build(given);
        const params = paramsOf(layer);
        const trained = Object.keys(params).filter(
          (param) => specs[param]?.trainable !== false && params[param]?.dtype === 'float32',
        );
        if (trained.length === 0) return;
        const goal = randomNormal(key(5), run(layer, params, inputs(), false).shape);
        const loss = (weights: readonly Tensor[]): Tensor => {
          const all = {
            ...params,
            ...Object.fromEntries(trained.map((param, i) => [param, weights[i] as Tensor])),
          };
          return run(layer, all, inputs(), false).sub(goal).square().mean();
        };
        const start = trained.map((param) => params[param] as Tensor);
        const [before, gradients] = valueAndGrad(loss)(start) as unknown as [
          Tensor,
          readonly Tensor[],
        ];
        const after = loss(start.map((w, i) => w.sub((gradients[i] as Tensor).mul(0.01)))).item();
        assertThat(after < before.item(), `the loss was ${before.item()} and is ${after}`);
      },
    },
  ];
  if (registered)
    checks.push({
      name: 'is made again by its config',
      run() {
        const layer = makeLayer();
        const config = JSON.parse(JSON.stringify(layer.getConfig())) as never;
        const again = fromConfig({ className: layer.className, config });
        assertThat(
          JSON.stringify(again.getConfig()) === JSON.stringify(layer.getConfig()),
          `${JSON.stringify(again.getConfig())} instead of ${JSON.stringify(layer.getConfig())}`,
        );
        const params = paramsOf(layer);
        assertNear(
          'output',
          run(again, params, inputs(), true).data,
          run(layer, params, inputs(), true).data,
          0,
        );
      },
    });
  return checks.map((check) => ({ name: `${name} ${check.name}`, run: () => check.run() }));
}
