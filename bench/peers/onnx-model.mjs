// Writes small ONNX models as bytes: the few fields of the protocol buffer that these graphs need.

/** A whole number in base 128, seven bits a byte, lowest first. */
function variableLength(value) {
  const bytes = [];
  let rest = BigInt(value);
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 128 : low);
  } while (rest > 0n);
  return Buffer.from(bytes);
}

const number = (field, value) => Buffer.concat([variableLength(field << 3), variableLength(value)]);
function bytes(field, content) {
  const body = typeof content === 'string' ? Buffer.from(content) : content;
  return Buffer.concat([variableLength((field << 3) | 2), variableLength(body.length), body]);
}

const FLOAT = 1;

function tensorProto(name, values, shape) {
  const raw = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.concat([
    ...shape.map((size) => number(1, size)),
    number(2, FLOAT),
    bytes(8, name),
    bytes(9, raw),
  ]);
}

function valueInfo(name, shape) {
  const dimensions = shape.map((size) => bytes(1, number(1, size)));
  const tensorType = Buffer.concat([number(1, FLOAT), bytes(2, Buffer.concat(dimensions))]);
  return Buffer.concat([bytes(1, name), bytes(2, bytes(1, tensorType))]);
}

/** An attribute of whole numbers: one, or a list. */
function attribute(name, value) {
  const body = Array.isArray(value)
    ? [...value.map((each) => number(8, each)), number(20, 7)]
    : [number(3, value), number(20, 2)];
  return Buffer.concat([bytes(1, name), ...body]);
}

/** A graph under construction: nodes name their results, `build` gives the file. */
export class OnnxModel {
  #nodes = [];
  #constants = [];
  #inputs = [];
  #outputs = [];
  #count = 0;

  input(name, shape) {
    this.#inputs.push(bytes(11, valueInfo(name, shape)));
    return name;
  }

  constant(values, shape) {
    const name = `c${this.#count++}`;
    this.#constants.push(bytes(5, tensorProto(name, values, shape)));
    return name;
  }

  node(type, inputs, attributes = {}, output = `v${this.#count++}`) {
    this.#nodes.push(
      bytes(
        1,
        Buffer.concat([
          ...inputs.map((name) => bytes(1, name)),
          bytes(2, output),
          bytes(4, type),
          ...Object.entries(attributes).map(([name, value]) => bytes(5, attribute(name, value))),
        ]),
      ),
    );
    return output;
  }

  output(name, shape) {
    this.#outputs.push(bytes(12, valueInfo(name, shape)));
  }

  build() {
    const graph = Buffer.concat([
      ...this.#nodes,
      bytes(2, 'bench'),
      ...this.#constants,
      ...this.#inputs,
      ...this.#outputs,
    ]);
    return Buffer.concat([number(1, 7), bytes(7, graph), bytes(8, number(2, 13))]);
  }
}
