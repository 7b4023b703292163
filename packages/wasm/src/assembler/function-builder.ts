import { Bytes } from './bytes.js';
import {
  laneMemoryOpcodes,
  laneOpcodes,
  memoryOpcodes,
  plainOpcodes,
  simdOpcodes,
} from './opcodes.js';
import type {
  LaneMemoryOpcode,
  LaneOpcode,
  MemoryOpcode,
  PlainOpcode,
  SimdOpcode,
} from './opcodes.js';

/** The types of variables, parameters and results. */
export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128';

/** How the binary format writes them. */
export const valueTypeCodes: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};

/** A local variable of a function: parameters first, in order. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
}

/** What a function takes and gives. */
export interface Signature {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** A function of the module under construction, own or imported. */
export interface FunctionRef {
  readonly index: number;
  readonly signature: Signature;
}

const BLOCK = 0x02;
const LOOP = 0x03;
const IF = 0x04;
const ELSE = 0x05;
const END = 0x0b;
const NO_RESULT = 0x40;

/**
 * Writes the body of one function, instruction by instruction, in the order of a stack machine: operands first. Nothing
 * is checked here; the engine validates the finished module.
 */
export class FunctionBuilder {
  readonly ref: FunctionRef;
  readonly params: readonly Local[];
  readonly #code = new Bytes();
  /** Runs before everything else: fills the locals of hoisted constants. */
  readonly #prologue = new Bytes();
  readonly #hoisted = new Map<string, Local>();
  readonly #locals: ValueType[] = [];
  #depth = 0;

  constructor(ref: FunctionRef) {
    this.ref = ref;
    this.params = ref.signature.params.map((type, index) => ({ index, type }));
  }

  /** Parameter `i`. */
  param(i: number): Local {
    return this.params[i] as Local;
  }

  /** A new local variable, zero at the start. */
  local(type: ValueType): Local {
    const index = this.params.length + this.#locals.length;
    this.#locals.push(type);
    return { index, type };
  }

  get(local: Local): this {
    this.#code.byte(0x20);
    this.#code.unsigned(local.index);
    return this;
  }

  set(local: Local): this {
    this.#code.byte(0x21);
    this.#code.unsigned(local.index);
    return this;
  }

  tee(local: Local): this {
    this.#code.byte(0x22);
    this.#code.unsigned(local.index);
    return this;
  }

  i32(value: number): this {
    this.#code.byte(0x41);
    this.#code.signed(value);
    return this;
  }

  i64(value: bigint): this {
    this.#code.byte(0x42);
    this.#code.signed64(value);
    return this;
  }

  f32(value: number): this {
    this.#code.byte(0x43);
    this.#code.float32(value);
    return this;
  }

  op(name: PlainOpcode): this {
    this.#code.byte(plainOpcodes[name]);
    return this;
  }

  /** [to, value, bytes] on the stack. */
  memoryFill(): this {
    this.#code.bytes([0xfc, 11, 0]);
    return this;
  }

  /** [to, from, bytes] on the stack. */
  memoryCopy(): this {
    this.#code.bytes([0xfc, 10, 0, 0]);
    return this;
  }

  simd(name: SimdOpcode): this {
    this.#code.byte(0xfd);
    this.#code.unsigned(simdOpcodes[name]);
    return this;
  }

  lane(name: LaneOpcode, lane: number): this {
    this.#code.byte(0xfd);
    this.#code.unsigned(laneOpcodes[name]);
    this.#code.byte(lane);
    return this;
  }

  /** [a, b]: a vector of 32-bit lanes of both, those of `a` counted from 0, those of `b` from 4. */
  shuffle(lanes: readonly [number, number, number, number]): this {
    this.#code.bytes([0xfd, 13]);
    for (const lane of lanes) for (let byte = 0; byte < 4; byte++) this.#code.byte(4 * lane + byte);
    return this;
  }

  /**
   * A local that holds a constant vector, four 32-bit patterns, from the start of the function on: V8 builds a constant in
   * a loop again in every turn. The same one is hoisted once, wherever in the body it is asked for.
   */
  hoisted(words: readonly [number, number, number, number]): Local {
    const key = words.join();
    const known = this.#hoisted.get(key);
    if (known !== undefined) return known;
    const local = this.local('v128');
    this.#hoisted.set(key, local);
    this.#prologue.bytes([0xfd, 12]);
    this.#prologue.bytes(new Uint8Array(new Int32Array(words).buffer));
    this.#prologue.byte(0x21);
    this.#prologue.unsigned(local.index);
    return local;
  }

  /** The same 32-bit pattern in all four lanes, see `hoisted`. */
  hoistedSplat(word: number): Local {
    return this.hoisted([word, word, word, word]);
  }

  /** A read or write; `offset` bytes are added to the address on the stack. */
  memory(name: MemoryOpcode, offset = 0): this {
    const [prefix, code, align] = memoryOpcodes[name];
    if (prefix !== undefined) this.#code.byte(prefix);
    if (prefix === undefined) this.#code.byte(code);
    else this.#code.unsigned(code);
    this.#code.unsigned(align);
    this.#code.unsigned(offset);
    return this;
  }

  laneMemory(name: LaneMemoryOpcode, lane: number, offset = 0): this {
    const [code, align] = laneMemoryOpcodes[name];
    this.#code.byte(0xfd);
    this.#code.unsigned(code);
    this.#code.unsigned(align);
    this.#code.unsigned(offset);
    this.#code.byte(lane);
    return this;
  }

  call(target: FunctionRef): this {
    this.#code.byte(0x10);
    this.#code.unsigned(target.index);
    return this;
  }

  /** A loop; `body` gets the function that jumps back to its start when the i32 on the stack is not zero. */
  loop(body: (again: () => void) => void): this {
    return this.#nest(LOOP, (depth) => body(() => this.#branchIf(depth)));
  }

  /** A block; `body` gets the function that leaves it when the i32 on the stack is not zero. */
  block(body: (leaveIf: () => void) => void): this {
    return this.#nest(BLOCK, (depth) => body(() => this.#branchIf(depth)));
  }

  /** Runs `then` when the i32 on the stack is not zero, `otherwise` else. */
  if(then: () => void, otherwise?: () => void): this {
    return this.#nest(IF, () => {
      then();
      if (otherwise === undefined) return;
      this.#code.byte(ELSE);
      otherwise();
    });
  }

  /** `for (local = from; local < to; local += step) body()`, with `from` and `to` numbers or locals; tested at the top. */
  for(
    local: Local,
    from: number | Local,
    to: number | Local,
    step: number,
    body: () => void,
  ): this {
    this.#push(from).set(local);
    if (typeof from === 'number' && typeof to === 'number') {
      if (from >= to) return this;
    } else {
      this.get(local);
      this.#push(to).op('i32.lt_s');
      return this.if(() => this.#doWhile(local, to, step, body));
    }
    return this.#doWhile(local, to, step, body);
  }

  /** `local = min(local, limit)`, signed. */
  atMost(local: Local, limit: number | Local): this {
    this.get(local);
    this.#push(limit).get(local);
    return this.#push(limit).op('i32.lt_s').op('select').set(local);
  }

  /** `local = max(local, limit)`, signed. */
  atLeast(local: Local, limit: number | Local): this {
    this.get(local);
    this.#push(limit).get(local);
    return this.#push(limit).op('i32.gt_s').op('select').set(local);
  }

  /** The finished body, with its local variables, as the code section wants it. */
  finish(): Uint8Array {
    const body = new Bytes();
    const runs: [number, ValueType][] = [];
    for (const type of this.#locals) {
      const last = runs.at(-1);
      if (last !== undefined && last[1] === type) last[0]++;
      else runs.push([1, type]);
    }
    body.unsigned(runs.length);
    for (const [count, type] of runs) {
      body.unsigned(count);
      body.byte(valueTypeCodes[type]);
    }
    body.bytes(this.#prologue.view());
    body.bytes(this.#code.view());
    body.byte(END);
    return body.view();
  }

  #push(value: number | Local): this {
    return typeof value === 'number' ? this.i32(value) : this.get(value);
  }

  #doWhile(local: Local, to: number | Local, step: number, body: () => void): this {
    return this.loop((again) => {
      body();
      this.get(local).i32(step).op('i32.add').tee(local);
      this.#push(to).op('i32.lt_s');
      again();
    });
  }

  #nest(opcode: number, body: (depth: number) => void): this {
    this.#code.byte(opcode);
    this.#code.byte(NO_RESULT);
    this.#depth++;
    body(this.#depth);
    this.#depth--;
    this.#code.byte(END);
    return this;
  }

  #branchIf(depth: number): void {
    this.#code.byte(0x0d);
    this.#code.unsigned(this.#depth - depth);
  }
}
