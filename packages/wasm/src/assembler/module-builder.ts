import { Bytes } from './bytes.js';
import { FunctionBuilder, valueTypeCodes } from './function-builder.js';
import type { FunctionRef, Signature } from './function-builder.js';

/** The memory a module imports as `env.memory`. */
export interface MemoryImport {
  readonly shared: boolean;
}

/** Pages of 64 KiB that a 32-bit memory has at most. */
export const LARGEST_PAGES = 65536;

/** Puts a WebAssembly module together: imported functions first, then own ones, as bytes ready to compile. */
export class ModuleBuilder {
  readonly #types: Signature[] = [];
  readonly #imports: { readonly name: string; readonly type: number }[] = [];
  readonly #functions: FunctionBuilder[] = [];
  readonly #exports: { readonly name: string; readonly index: number }[] = [];
  readonly #memory: MemoryImport;

  constructor(memory: MemoryImport) {
    this.#memory = memory;
  }

  /** A function that the instance gets as `env[name]`. All imports come before the first own function. */
  importFunction(name: string, signature: Signature): FunctionRef {
    const type = this.#typeOf(signature);
    const index = this.#imports.push({ name, type }) - 1;
    return { index, signature };
  }

  /** A new function; `write` fills its body now or later, before `finish`. */
  function(signature: Signature, exportAs?: string): FunctionBuilder {
    this.#typeOf(signature);
    const index = this.#imports.length + this.#functions.length;
    const builder = new FunctionBuilder({ index, signature });
    this.#functions.push(builder);
    if (exportAs !== undefined) this.#exports.push({ name: exportAs, index });
    return builder;
  }

  finish(): Uint8Array<ArrayBuffer> {
    const module = new Bytes();
    module.bytes([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
    section(module, 1, (out) => {
      out.unsigned(this.#types.length);
      for (const { params, results } of this.#types) {
        out.byte(0x60);
        out.unsigned(params.length);
        params.forEach((type) => out.byte(valueTypeCodes[type]));
        out.unsigned(results.length);
        results.forEach((type) => out.byte(valueTypeCodes[type]));
      }
    });
    section(module, 2, (out) => {
      out.unsigned(this.#imports.length + 1);
      out.name('env');
      out.name('memory');
      out.byte(0x02);
      out.byte(this.#memory.shared ? 0x03 : 0x01);
      out.unsigned(1);
      out.unsigned(LARGEST_PAGES);
      for (const { name, type } of this.#imports) {
        out.name('env');
        out.name(name);
        out.byte(0x00);
        out.unsigned(type);
      }
    });
    section(module, 3, (out) => {
      out.unsigned(this.#functions.length);
      this.#functions.forEach(({ ref }) => out.unsigned(this.#typeOf(ref.signature)));
    });
    section(module, 7, (out) => {
      out.unsigned(this.#exports.length);
      for (const { name, index } of this.#exports) {
        out.name(name);
        out.byte(0x00);
        out.unsigned(index);
      }
    });
    section(module, 10, (out) => {
      out.unsigned(this.#functions.length);
      for (const builder of this.#functions) {
        const body = builder.finish();
        out.unsigned(body.length);
        out.bytes(body);
      }
    });
    return new Uint8Array(module.view());
  }

  #typeOf(signature: Signature): number {
    const key = JSON.stringify([signature.params, signature.results]);
    const known = this.#types.findIndex(
      ({ params, results }) => JSON.stringify([params, results]) === key,
    );
    return known >= 0 ? known : this.#types.push(signature) - 1;
  }
}

function section(module: Bytes, id: number, write: (out: Bytes) => void): void {
  const out = new Bytes();
  write(out);
  module.byte(id);
  module.unsigned(out.length);
  module.bytes(out.view());
}
