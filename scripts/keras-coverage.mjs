// Writes docs/keras-coverage.md: what Keras has, what Gradus has, and every difference, found by asking the code itself.
// With --check it only tells whether the file is up to date. Reads sources, so nothing has to be built.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { createServer, defaultServerConditions } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = `${root}docs/keras-coverage.md`;
const keras = JSON.parse(readFileSync(new URL('keras-names.json', import.meta.url), 'utf8'));

const server = await createServer({
  root,
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  server: { middlewareMode: true, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
  ssr: { resolve: { conditions: ['gradus-source', ...defaultServerConditions] } },
});
const load = (name) => server.ssrLoadModule(`${root}packages/${name}/src/index.ts`);
const [layers, losses, metrics, optimizers, models] = await Promise.all(
  ['layers', 'losses', 'metrics', 'optimizers', 'models'].map(load),
);

/** Options that Keras has everywhere, or nearly, and that Gradus has nowhere; the page explains each once. */
const nowhere = new Set([
  'dtype',
  'autocast',
  'quantization_config',
  'lora_rank',
  'lora_alpha',
  'gptq_unpacked_column_size',
  'flash_attention',
  'use_cudnn',
  'synchronized',
  'sparse',
  'ragged',
  'encoding',
]);

/** What is given for options that have no default. */
const { dense, lstmCell } = layers;
const samples = {
  units: 2,
  filters: 2,
  kernel_size: 3,
  pool_size: 2,
  rate: 0.5,
  input_dim: 3,
  output_dim: 2,
  target_shape: [2],
  n: 2,
  dims: [1],
  activation: 'relu',
  layer: () => dense({ units: 1 }),
  layers: () => [],
  cell: () => lstmCell({ units: 1 }),
  cells: () => [lstmCell({ units: 1 })],
  equation: 'ab,bc->ac',
  output_shape: 2,
  num_heads: 2,
  key_dim: 2,
  head_dim: 2,
  num_query_heads: 2,
  num_key_value_heads: 1,
  axes: 1,
  height: 2,
  width: 2,
  factor: 0.1,
  height_factor: 0.1,
  width_factor: 0.1,
  num_bins: 3,
  scale: 1,
  stddev: 0.1,
  output_size: 2,
  function: () => (x) => x,
  num_classes: 2,
  target_class_ids: [0],
  recall: 0.5,
  precision: 0.5,
  specificity: 0.5,
  sensitivity: 0.5,
  initial_learning_rate: 0.1,
  decay_steps: 10,
  decay_rate: 0.5,
  first_decay_steps: 10,
  boundaries: [1],
  values: [1, 0.5],
  inner_optimizer: () => optimizers.sgd(),
  optimizer_map: () => ({}),
};

/** Names that are not Keras' in another spelling. */
const otherNames = {
  L1: 'l1',
  L2: 'l2',
  L1L2: 'l1l2',
  Mean: 'mean',
  MeanMetricWrapper: 'meanOf',
  History: 'History',
  CallbackList: 'CallbackList',
};

/** What the code cannot say about itself. */
const notes = {
  'metrics/MeanMetricWrapper': 'a function that makes a metric from a formula',
  'optimizers/MultiOptimizer':
    'takes `defaultOptimizer` and `optimizerMap` itself, without an OptimizerMap between',
  'callbacks/History': 'what `fit` returns, not a callback',
  'callbacks/CallbackList': 'made with callbacks and a context; `fit` makes its own',
  'callbacks/LambdaCallback': 'any object with hooks is a callback',
  'callbacks/TerminateOnNaN': 'also finds the layer where it began (`locate`)',
  'callbacks/ModelCheckpoint':
    'writes the format of Gradus; weights alone are safetensors with a name each',
  'callbacks/BackupAndRestore': 'the backup is one file that is written whole',
  'callbacks/TensorBoard':
    'without `writeGraph`, `writeImages`, `profileBatch` and `embeddingsFreq`',
  'callbacks/OrbaxCheckpoint': 'missing: Orbax is a format of JAX alone',
  'layers/FlaxLayer': 'missing: wraps a program of JAX',
  'layers/JaxLayer': 'missing: wraps a program of JAX',
  'layers/TFSMLayer': 'missing: wraps a program of TensorFlow',
  'layers/TorchModuleWrapper': 'missing: wraps a program of PyTorch',
  'layers/InputLayer': 'made by `input(...)`',
  'activations/threshold':
    'given as `{ className: "threshold", config }`, since it has no defaults',
};

const camelCase = (name) =>
  name === 'keepdims' ? 'keepDims' : name.replace(/(?!^)_+([a-z0-9])/g, (_, c) => c.toUpperCase());
const plain = (name) => name.replaceAll('_', '').toLowerCase();

/** A value in a form in which Keras' and ours can be compared. */
function comparable(value) {
  if (typeof value === 'string') return plain(value);
  if (Array.isArray(value)) {
    const items = value.map(comparable);
    const isRepeated = items.length > 0 && items.every((item) => item === items[0]);
    return isRepeated ? items[0] : JSON.stringify(items);
  }
  if (typeof value === 'object' && value !== null && 'className' in value)
    return plain(value.className);
  if (typeof value === 'number') return Math.fround(value);
  return value;
}

const show = (value) =>
  typeof value === 'object' && value !== null && 'className' in value
    ? `'${value.className}'`
    : JSON.stringify(value);

/** The export of a module that carries a name, whatever its capitals. */
function exported(module, name) {
  const wanted = plain(otherNames[name] ?? name);
  const keys = Object.keys(module).filter((key) => plain(key) === wanted);
  return keys.find((key) => /^[a-z]/.test(key)) ?? keys[0];
}

/** Options with their defaults as the code has them, or undefined when it cannot be asked. */
function optionsOf(make, arguments_) {
  const required = Object.entries(arguments_).filter(([, value]) => value === '(required)');
  const given = Object.fromEntries(
    required.map(([name]) => {
      const sample = samples[name];
      return [camelCase(name), typeof sample === 'function' ? sample() : sample];
    }),
  );
  if ('optimizer_map' in arguments_) given.defaultOptimizer = optimizers.sgd();
  try {
    const made = make(given);
    return { ...(made.options ?? made.config) };
  } catch {
    return undefined;
  }
}

function differences(arguments_, options) {
  const found = [];
  const names = Object.keys(arguments_).filter((name) => !nowhere.has(name));
  const lacking = names.filter((name) => !(camelCase(name) in options));
  if (lacking.length > 0)
    found.push(`without ${lacking.map((n) => `\`${camelCase(n)}\``).join(', ')}`);
  for (const name of names) {
    const [theirs, ours] = [arguments_[name], options[camelCase(name)]];
    const isSame = comparable(theirs) === comparable(ours);
    // Where Keras has None something else decides, such as the shape or another option.
    if (theirs === null || ours === null || ours === undefined || isSame) continue;
    if (theirs === '(required)' || theirs === '(computed)' || typeof ours === 'function') continue;
    found.push(`\`${camelCase(name)}\` is ${show(ours)} by default, in Keras ${show(theirs)}`);
  }
  const common = ['name', 'trainable', 'activityRegularizer', 'excludeFromWeightDecay'];
  const known = new Set([...Object.keys(arguments_).map(camelCase), ...common]);
  const more = Object.keys(options).filter((name) => !known.has(name));
  if (more.length > 0) found.push(`more: ${more.map((name) => `\`${name}\``).join(', ')}`);
  return found;
}

const hasActivation = (name) => {
  try {
    const config = name === 'threshold' ? { threshold: 0, defaultValue: 0 } : {};
    layers.getActivation({ className: camelCase(name), config });
    return true;
  } catch {
    return false;
  }
};

const modules = {
  layers: { ...models, ...layers },
  losses,
  metrics,
  optimizers,
  schedules: optimizers,
  initializers: layers.initializers,
  regularizers: layers.regularizers,
  constraints: layers.constraints,
  callbacks: models,
};

/** Rows of one kind: Keras' name, ours, and what differs. */
function rowsOf(kind) {
  return Object.entries(keras[kind]).map(([name, arguments_]) => {
    const note = notes[`${kind}/${name}`];
    if (kind === 'activations') {
      const known = hasActivation(name);
      return [name, known ? camelCase(name) : '', note ?? (known ? '' : 'missing')];
    }
    const module = modules[kind];
    const key = exported(module, name);
    if (key === undefined) return [name, '', note ?? 'missing'];
    const options =
      kind === 'callbacks' || note?.startsWith('a function')
        ? undefined
        : optionsOf(module[key], arguments_);
    // Every layer takes it, so no layer lists it.
    if (kind === 'layers' && options !== undefined) options.activityRegularizer ??= null;
    const found = options === undefined ? [] : differences(arguments_, options);
    return [name, key, [...(note === undefined ? [] : [note]), ...found].join('; ')];
  });
}

/** A table as the formatter writes it: columns as wide as their widest cell. */
function table(rows) {
  const header = ['Keras', 'Gradus', 'Differences'];
  const cells = rows.map(([name, key, difference]) => [
    `\`${name}\``,
    key === '' ? '' : `\`${key}\``,
    difference.replaceAll('|', '\\|'),
  ]);
  const widths = header.map((title, i) =>
    Math.max(title.length, ...cells.map((row) => row[i].length)),
  );
  const line = (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join(
    '\n',
  );
}

const titles = {
  layers: 'Layers',
  activations: 'Activations',
  losses: 'Losses',
  metrics: 'Metrics',
  optimizers: 'Optimizers',
  schedules: 'Learning rate schedules',
  initializers: 'Initializers',
  regularizers: 'Regularizers',
  constraints: 'Constraints',
  callbacks: 'Callbacks',
};

const sections = Object.entries(titles).map(([kind, title]) => {
  const rows = rowsOf(kind);
  const present = rows.filter(([, key]) => key !== '').length;
  return `## ${title}\n\n${present} of ${rows.length}.\n\n${table(rows)}`;
});

const text = `# What Keras has and Gradus has

Keras ${keras.keras} beside the code as it is. This page is generated: \`node scripts/run.mjs coverage\` writes it, and lint
tells when it is out of date. An empty last column means: the same options with the same defaults.

Names are Keras' in camelCase: \`use_bias\` is \`useBias\`, \`Conv2D\` is \`conv2d\`.

## Everywhere

- Numbers are float32: there are no dtype policies (\`dtype\`, \`autocast\`), no quantization and no LoRA
  (\`quantization_config\`, \`lora_rank\`, \`lora_alpha\`), and no sparse or ragged tensors (\`sparse\`, \`ragged\`).
- Options that choose a kernel of a certain machine (\`flash_attention\`, \`use_cudnn\`, \`jit_compile\`) or spread work over
  several (\`synchronized\`) have nothing to choose here. Every step is compiled; \`runEagerly: true\` does without.
- Random numbers follow one seed of the model, not a generator per layer, so draws differ from Keras' for the same seed.
- Texts are UTF-8 (\`encoding\`).

## Training

- \`fit\` returns a run: await it for the \`History\`, iterate it for events, pause, step or abort it.
- \`evaluate\`, \`trainOnBatch\` and \`testOnBatch\` return numbers by name, as Keras does with \`return_dict=True\`.
- \`evaluate\` and \`predict\` print nothing unless \`verbose\` is given. \`verbose: 'auto'\` in \`fit\` draws the bar on a terminal and
  prints lines elsewhere.
- A layer is a description without numbers; its weights belong to the model. \`model.setTrainable(name, false)\` and
  \`model.freeze(predicate)\` hold at once, without compiling again, and the optimizer starts anew.
- In place of overriding \`train_step\`, \`compile\` takes \`trainStep\` and \`testStep\`, made of \`differentiate\` and \`applyGradients\`.
- \`trainStep\` and \`testStep\` are code, so a model file does not keep them.
- With \`stepsPerExecution\` several steps are one run of one program, unless the states between them would fill memory.

${sections.join('\n\n')}
`;

if (process.argv.includes('--check')) {
  const current = existsSync(target) ? readFileSync(target, 'utf8') : '';
  if (current !== text) {
    console.error(
      'docs/keras-coverage.md is out of date: node scripts/run.mjs coverage writes it.',
    );
    process.exitCode = 1;
  }
} else {
  writeFileSync(target, text);
  for (const kind of Object.keys(titles)) {
    const rows = rowsOf(kind);
    console.log(
      `${titles[kind]}: ${rows.filter(([, key]) => key !== '').length} of ${rows.length}`,
    );
  }
}
await server.close();
