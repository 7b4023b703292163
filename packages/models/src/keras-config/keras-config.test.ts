import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineLayer } from '@gradus/layers';
import { tensor } from '@gradus/tensor';
import { describe, expect, it } from 'vitest';
import {
  UnsupportedKerasError,
  camelCase,
  compileFromKerasConfig,
  fromKerasConfig,
  fromKerasConstraint,
  fromKerasInitializer,
  fromKerasLayer,
  fromKerasLoss,
  fromKerasMetric,
  fromKerasOptimizer,
  fromKerasRegularizer,
  fromKerasSchedule,
} from './index.js';

const policy = (name: string): object => ({
  module: 'keras',
  class_name: 'DTypePolicy',
  config: { name },
});
const tensorOf = (name: string): object => ({
  class_name: '__keras_tensor__',
  config: { keras_history: [name, 0, 0] },
});
const inputLayer = (name: string): object => ({
  class_name: 'InputLayer',
  name,
  config: { name, batch_shape: [null, 3], dtype: 'float32' },
  inbound_nodes: [],
});

describe('objects of Keras', () => {
  it('spells options our way and drops what changes nothing', () => {
    const layer = fromKerasLayer({
      class_name: 'Dense',
      config: {
        name: 'first_layer',
        trainable: false,
        dtype: policy('float32'),
        units: 4,
        activation: 'hard_sigmoid',
        use_bias: false,
        kernel_initializer: {
          module: 'keras.initializers',
          class_name: 'RandomUniform',
          config: { minval: -1, maxval: 1, seed: null },
        },
        kernel_regularizer: { module: 'keras.regularizers', class_name: 'L2', config: { l2: 0.1 } },
        bias_constraint: null,
        quantization_config: null,
      },
      build_config: { input_shape: [null, 3] },
    });
    expect(layer.name).toBe('first_layer');
    expect(layer.trainable).toBe(false);
    expect(layer.getConfig()).toMatchObject({
      units: 4,
      useBias: false,
      kernelRegularizer: { className: 'L2', config: { l2: 0.1 } },
    });
  });

  it.each([
    ['ConvFoo', { class_name: 'ConvFoo', config: {} }],
    ['demo>Scale', { class_name: 'Scale', registered_name: 'demo>Scale', config: {} }],
    ['Dense', { class_name: 'Dense', config: { units: 2, dtype: policy('mixed_bfloat16') } }],
    ['Dense', { class_name: 'Dense', config: { units: 2, lora_rank: 4 } }],
    ['Lambda', { class_name: 'Lambda', config: {} }],
    ['Reshape', { module: 'keras.src.ops.numpy', class_name: 'Reshape', config: {} }],
  ])('says that %s is not supported', (className, object) => {
    const act = (): unknown => fromKerasLayer(object);
    expect(act).toThrow(UnsupportedKerasError);
    try {
      act();
    } catch (error) {
      expect((error as UnsupportedKerasError).className).toBe(className);
    }
  });

  it('reads an activation layer as the activation of another layer', () => {
    const leaky = { class_name: 'LeakyReLU', config: { name: 'a', negative_slope: 0.1 } };
    const layer = fromKerasLayer({ class_name: 'Dense', config: { units: 2, activation: leaky } });
    expect(layer.getConfig()['activation']).toEqual({
      className: 'leakyRelu',
      config: { negativeSlope: 0.1 },
    });
    const learned = { class_name: 'PReLU', config: { name: 'a' } };
    expect(() =>
      fromKerasLayer({ class_name: 'Dense', config: { units: 2, activation: learned } }),
    ).toThrow(/PReLU is not supported yet: as the activation of another layer/);
  });

  it('takes layers of your own by their registered name', () => {
    const scale = defineLayer({
      className: 'Scale',
      resolve: (o: { name?: string; factor?: number } = {}) => ({ factor: o.factor ?? 1 }),
      call: (_p, x) => x,
    });
    const object = { class_name: 'Scale', registered_name: 'demo>Scale', config: { factor: 3 } };
    expect(
      fromKerasLayer(object, { customObjects: { 'demo>Scale': scale } }).options['factor'],
    ).toBe(3);
  });

  it('reads initializers, regularizers, constraints, schedules, optimizers, losses and metrics', () => {
    expect(fromKerasInitializer('glorot_uniform').className).toBe('GlorotUniform');
    expect(
      fromKerasRegularizer({ class_name: 'L1L2', config: { l1: 0.5, l2: 0.25 } }).config,
    ).toEqual({ l1: 0.5, l2: 0.25 });
    expect(
      fromKerasConstraint({ class_name: 'MaxNorm', config: { max_value: 3, axis: 0 } }).config,
    ).toEqual({ maxValue: 3, axis: 0 });
    const schedule = {
      class_name: 'ExponentialDecay',
      config: { initial_learning_rate: 0.2, decay_steps: 3, decay_rate: 0.7, staircase: true },
    };
    expect(fromKerasSchedule(schedule).className).toBe('ExponentialDecay');
    const optimizer = fromKerasOptimizer({
      class_name: 'Adam',
      config: { name: 'adam', learning_rate: schedule, beta_1: 0.8, clipnorm: null },
    });
    expect(optimizer.config).toMatchObject({ beta1: 0.8 });
    expect((optimizer.learningRate as { className?: string }).className).toBe('ExponentialDecay');
    const loss = {
      class_name: 'BinaryCrossentropy',
      config: { from_logits: true, reduction: 'sum_over_batch_size', name: 'binary_crossentropy' },
    };
    expect(fromKerasLoss(loss).config).toMatchObject({ fromLogits: true });
    expect(
      fromKerasMetric({
        class_name: 'Precision',
        config: { name: 'my_prec', dtype: 'float32', thresholds: 0.25 },
      }).name,
    ).toBe('my_prec');
    expect(() => fromKerasOptimizer({ class_name: 'Mystery', config: {} })).toThrow(
      /Mystery is not supported yet/,
    );
  });

  it('keeps the names of metrics, in any nesting', () => {
    const options = compileFromKerasConfig({
      optimizer: 'sgd',
      loss: { a: 'mse', b: { class_name: 'Huber', config: { delta: 2 } } },
      loss_weights: { a: 2 },
      metrics: {
        a: ['binary_accuracy', 'accuracy'],
        b: { class_name: 'function', config: 'mean_absolute_error' },
      },
      weighted_metrics: null,
    });
    expect(options.metrics).toEqual({
      a: ['binary_accuracy', 'accuracy'],
      b: 'mean_absolute_error',
    });
    expect(options.lossWeights).toEqual({ a: 2 });
    expect(() => compileFromKerasConfig({ loss: 'no_such_loss' })).toThrow(UnsupportedKerasError);
  });

  it('spells names our way', () => {
    expect(['kernel_initializer', 'beta_1', 'keepdims', 'l2'].map(camelCase)).toEqual([
      'kernelInitializer',
      'beta1',
      'keepDims',
      'l2',
    ]);
  });
});

describe('graphs of Keras', () => {
  const shared = {
    class_name: 'Dense',
    name: 'twin',
    config: { name: 'twin', units: 2 },
    inbound_nodes: [
      { args: [tensorOf('a')], kwargs: {} },
      { args: [tensorOf('b')], kwargs: {} },
    ],
  };
  const second = { class_name: '__keras_tensor__', config: { keras_history: ['twin', 1, 0] } };
  const graph = (kwargs: object): object => ({
    class_name: 'Functional',
    config: {
      name: 'two_towers',
      layers: [
        inputLayer('a'),
        inputLayer('b'),
        shared,
        {
          class_name: 'Add',
          name: 'sum',
          config: { name: 'sum' },
          inbound_nodes: [{ args: [[tensorOf('twin'), second]], kwargs }],
        },
      ],
      input_layers: { a: ['a', 0, 0], b: ['b', 0, 0] },
      output_layers: { both: ['sum', 0, 0] },
    },
  });

  it('shares layers and keeps names', () => {
    const model = fromKerasConfig(graph({ mask: null }));
    expect(model.name).toBe('two_towers');
    expect(model.layers.map(({ name }) => name)).toEqual(['twin', 'sum']);
    expect(model.parameterCount).toBe(8);
    expect(model.graph.inputForm).toEqual(['a', 'b']);
    expect(model.graph.outputNames).toEqual(['both']);
  });

  it('refuses arguments that would change the result', () => {
    expect(() => fromKerasConfig(graph({ reverse: true }))).toThrow(/"sum" is called with reverse/);
  });

  it('leaves it to the model whether it trains, as Keras does', () => {
    const { graph: read } = fromKerasConfig(graph({ training: false }));
    expect(read.calls.map(({ options }) => options)).toEqual([{}, {}, {}]);
  });

  it('puts operations between layers, and finds masks that Keras wrote as operations', () => {
    const node = (name: string, index = 0): object => ({
      class_name: '__keras_tensor__',
      config: { keras_history: [name, 0, index] },
    });
    const piece = (start: number | null, stop: number | null, step: number | null): object => ({
      class_name: '__slice__',
      config: { start, stop, step },
    });
    const op = (className: string, name: string, args: unknown[], config: object = {}): object => ({
      module: 'keras.src.ops.numpy',
      class_name: className,
      name,
      config: { name, ...config },
      inbound_nodes: [{ args, kwargs: {} }],
    });
    const rnn = {
      class_name: 'SimpleRNN',
      name: 'rnn',
      config: {
        name: 'rnn',
        units: 1,
        activation: 'linear',
        kernel_initializer: 'ones',
        recurrent_initializer: 'ones',
      },
      inbound_nodes: [{ args: [node('masking')], kwargs: { mask: node('any'), training: false } }],
    };
    const masking = {
      class_name: 'Masking',
      name: 'masking',
      config: { name: 'masking', mask_value: 0 },
      inbound_nodes: [{ args: [node('x')], kwargs: {} }],
    };
    const read = fromKerasConfig({
      class_name: 'Functional',
      config: {
        name: 'operations',
        layers: [
          {
            class_name: 'InputLayer',
            name: 'x',
            config: { name: 'x', batch_shape: [null, 4, 2], dtype: 'float32' },
            inbound_nodes: [],
          },
          op('NotEqual', 'not_equal', [node('x'), 0]),
          op('Any', 'any', [node('not_equal')], { axis: -1, keepdims: false }),
          masking,
          rnn,
          op('Multiply', 'mul', [2, node('rnn')]),
          op('GetItem', 'item', [node('x'), [piece(null, null, null), piece(1, 4, 2), 1]]),
          op('Mean', 'mean', [node('item')], { axis: 1, keepdims: true }),
          op('Split', 'split', [node('x')], { indices_or_sections: 2, axis: 1 }),
          op('Sum', 'sum', [node('split', 1)], { axis: [1, 2], keepdims: false }),
          op('Reshape', 'reshape', [node('sum')], { newshape: [-1, 1] }),
          op('Matmul', 'matmul', [
            node('reshape'),
            { class_name: '__tensor__', config: { value: [[1, -1]], dtype: 'float32' } },
          ]),
          op('Concatenate', 'concat', [[node('mul'), node('mean'), node('matmul')]], { axis: -1 }),
        ],
        input_layers: ['x', 0, 0],
        output_layers: ['concat', 0, 0],
      },
    });
    const x = tensor([
      [
        [1, 2],
        [0, 0],
        [3, 4],
        [0, 5],
      ],
    ]);
    expect(read.predict(x).toArray()).toEqual([[30, 2.5, 12, -12]]);
  });

  it('finds the output of a functional model inside, whose calls Keras counts from 1 there', () => {
    const dense = (from: string): object => ({
      class_name: 'Dense',
      name: 'h',
      config: { name: 'h', units: 2 },
      inbound_nodes: [{ args: [tensorOf(from)], kwargs: {} }],
    });
    const functional = (name: string, layers: object[], output: unknown[]): object => ({
      class_name: 'Functional',
      name,
      config: { name, layers, input_layers: ['x', 0, 0], output_layers: output },
      inbound_nodes: [{ args: [tensorOf('x')], kwargs: { mask: null } }],
    });
    const inner = functional('head', [inputLayer('x'), dense('x')], ['h', 0, 0]);
    const outer = functional('outer', [inputLayer('x'), inner], ['head', 1, 0]);
    expect(fromKerasConfig(outer).outputShape()).toEqual([null, 2]);
  });

  it('hands states over, by name or in a row', () => {
    const rnn = (name: string, more: object, node: object): object => ({
      class_name: 'LSTM',
      name,
      config: { name, units: 2, ...more },
      inbound_nodes: [node],
    });
    const states = [1, 2].map((index) => ({
      class_name: '__keras_tensor__',
      config: { keras_history: ['encoder', 0, index] },
    }));
    const read = (node: object): object => {
      const { graph: made } = fromKerasConfig({
        class_name: 'Functional',
        config: {
          layers: [
            {
              class_name: 'InputLayer',
              name: 'x',
              config: { name: 'x', batch_shape: [null, 4, 3], dtype: 'float32' },
              inbound_nodes: [],
            },
            rnn('encoder', { return_state: true }, { args: [tensorOf('x')], kwargs: {} }),
            rnn('decoder', { activation: null }, node),
          ],
          input_layers: ['x', 0, 0],
          output_layers: ['decoder', 0, 0],
        },
      });
      return made.calls.at(-1)?.options as object;
    };
    const byName = read({ args: [tensorOf('x')], kwargs: { initial_state: states, mask: null } });
    expect(Object.keys(byName)).toEqual(['initialState']);
    const inRow = read({ args: [tensorOf('x'), states], kwargs: { training: false } });
    expect(Object.keys(inRow)).toEqual(['initialState']);
  });

  const file = fileURLToPath(
    new URL('../../../../../shared/keras-golden/histories.json', import.meta.url),
  );
  const cases = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as {
        name: string;
        model: unknown;
        compile: unknown;
        weights: unknown[];
      }[])
    : [];
  if (cases.length === 0)
    it.skip('reads the models of Keras (no golden files here)', () => undefined);
  for (const golden of cases)
    it(`reads ${golden.name}`, (context) => {
      try {
        const model = fromKerasConfig(golden.model);
        model.compile(compileFromKerasConfig(golden.compile));
        expect(model.getWeights()).toHaveLength(golden.weights.length);
      } catch (error) {
        if (!(error instanceof UnsupportedKerasError)) throw error;
        context.skip(error.message.split('\n')[0]);
      }
    });
});
