// ONNX Runtime, native and web, on one work: node bench/peers/onnxruntime.mjs <work> <node|web> <threads>. Inference only.
import { createRequire } from 'node:module';
import process from 'node:process';
import * as data from '../data.mjs';
import { figure, reportAbout } from '../measure.mjs';
import { OnnxModel } from './onnx-model.mjs';

const require = createRequire(import.meta.url);
const [work, kind, threads] = process.argv.slice(2);
const ort = kind === 'node' ? require('onnxruntime-node') : await import('onnxruntime-web');
if (kind === 'web') ort.env.wasm.numThreads = Number(threads);

const session = (bytes) =>
  ort.InferenceSession.create(bytes, {
    executionProviders: [kind === 'node' ? 'cpu' : 'wasm'],
    graphOptimizationLevel: 'all',
    ...(kind === 'node'
      ? {
          intraOpNumThreads: Number(threads),
          interOpNumThreads: 1,
          executionMode: 'sequential',
        }
      : {}),
  });
const tensor = (values, shape) => new ort.Tensor('float32', values, shape);

const weights = (model, shape, inputs, outputs, seed) => {
  const count = shape.reduce((product, n) => product * n, 1);
  return model.constant(data.glorot(count, inputs, outputs, seed), shape);
};
const zeros = (model, count) => model.constant(new Float32Array(count), [count]);
const dense = (model, x, inputs, outputs, seed) =>
  model.node('Gemm', [
    x,
    weights(model, [inputs, outputs], inputs, outputs, seed),
    zeros(model, outputs),
  ]);

function mlp(batch) {
  const model = new OnnxModel();
  let x = model.input('x', [batch, 784]);
  data.mlpLayers.forEach(([inputs, outputs], i) => {
    x = dense(model, x, inputs, outputs, i + 1);
    if (i < 2) x = model.node('Relu', [x]);
  });
  model.node('Softmax', [x], { axis: 1 }, 'y');
  model.output('y', [batch, 10]);
  return model.build();
}

function cnn(batch) {
  const model = new OnnxModel();
  const block = (x, inputs, outputs, seed) => {
    const kernel = weights(model, [outputs, inputs, 3, 3], 9 * inputs, 9 * outputs, seed);
    const convolved = model.node('Conv', [x, kernel, zeros(model, outputs)]);
    const window = { kernel_shape: [2, 2], strides: [2, 2] };
    return model.node('MaxPool', [model.node('Relu', [convolved])], window);
  };
  const features = block(block(model.input('x', [batch, 1, 28, 28]), 1, 32, 1), 32, 64, 2);
  const flat = model.node('Flatten', [features], { axis: 1 });
  const hidden = model.node('Relu', [dense(model, flat, 1600, 128, 3)]);
  model.node('Softmax', [dense(model, hidden, 128, 10, 4)], { axis: 1 }, 'y');
  model.output('y', [batch, 10]);
  return model.build();
}

/** One operation on inputs `a`, `b`, … */
function single(type, shapes, outputShape, attributes = {}) {
  const model = new OnnxModel();
  const inputs = shapes.map((shape, i) => model.input('ab'[i], shape));
  model.node(type, inputs, attributes, 'y');
  model.output('y', outputShape);
  return model.build();
}

const run = (metric, bytes, feeds, items) =>
  figure(
    metric,
    async () => {
      const prepared = await session(bytes);
      return () => prepared.run(feeds);
    },
    { items, minSamples: 3 },
  );

async function inference(name, build, shape, batchSize) {
  for (const count of [1, batchSize]) {
    const feeds = { x: tensor(data.imageData(count).x, [count, ...shape]) };
    await run(`${name}-infer-${count}`, build(count), feeds, count);
  }
}

const works = {
  mlp: () => inference('mlp', mlp, [784], 128),
  cnn: () => inference('cnn', cnn, [1, 28, 28], 64),
  async matmul() {
    for (const n of [64, 128, 256, 512, 1024]) {
      const shape = [n, n];
      const feeds = {
        a: tensor(data.noise(n * n), shape),
        b: tensor(data.noise(n * n, 4), shape),
      };
      await run(`matmul-${n}`, single('MatMul', [shape, shape], shape), feeds, 2 * n ** 3);
    }
  },
  async elementwise() {
    const [line, square] = [[1e6], [1000, 1000]];
    const a = tensor(data.noise(1e6), line);
    const b = tensor(data.noise(1e6, 4), line);
    const rows = tensor(data.noise(1e6), square);
    await run('exp', single('Exp', [line], line), { a }, 8e6);
    await run('softmax', single('Softmax', [square], square, { axis: 1 }), { a: rows }, 8e6);
    await run('add', single('Add', [line, line], line), { a, b }, 12e6);
    await run('sum', single('ReduceSum', [line], [], { keepdims: 0 }), { a }, 4e6);
  },
};

await works[work]();
reportAbout({ version: ort.env.versions?.common ?? ort.env.versions?.[kind] });
process.exit(0);
