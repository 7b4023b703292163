import type { Kernel, ValueId } from '@gradus/tensor/backend';
import type { FunctionRef, ModuleBuilder } from '../assembler/index.js';
import type { Features } from '../features.js';
import type { LibraryFunction } from '../kernels/library.js';

/** What a kernel may use while it writes its code: the module of the program, and where the values live. */
export interface KernelContext {
  readonly module: ModuleBuilder;
  readonly features: Features;
  /** Byte address of a value, 16-byte aligned and fixed for the life of the program. */
  address(value: ValueId): number;
  /** Whether a value is written to carried memory, where numbers too small to matter become 0. */
  isCarried(value: ValueId): boolean;
  /** A function of the library module, which is compiled once and shared by all programs. */
  library(name: LibraryFunction): FunctionRef;
  /** Byte address of scratch memory that belongs to this kernel alone and that all threads see (`sharedBytes` long). */
  readonly shared: number;
  /** Byte address of the word that kernels set when an index does not exist; see `status.ts`. */
  readonly status: number;
}

/** Parameters of every kernel function: units `begin` to `end` of the work, and this thread's own scratch memory. */
export const kernelSignature: {
  readonly params: readonly ['i32', 'i32', 'i32'];
  readonly results: readonly [];
} = { params: ['i32', 'i32', 'i32'], results: [] };

/** One step of a program: some nodes of the graph as one function that is called once per run and thread. */
export interface KernelPlan {
  /** Short, for `explain`: `matmul`, `loop`, `maxPool`. */
  readonly name: string;
  /** What exactly, for `explain`: shapes, what was fused. */
  readonly detail: string;
  /** Values it reads from memory. */
  readonly inputs: readonly ValueId[];
  /** Values it writes to memory, whole. */
  readonly outputs: readonly ValueId[];
  /**
   * Inputs whose memory output `outputs[i]` may take over, because each element is read before, and by the same unit
   * that, writes it. Absent: none.
   */
  readonly inPlace?: ReadonlyMap<ValueId, readonly ValueId[]>;
  readonly flops: number;
  /** Bytes read and written. */
  readonly bytes: number;
  /**
   * Independent pieces of work. A kernel of one unit runs on the first thread; more are shared out, in an order and with
   * results that do not depend on the number of threads.
   */
  readonly units: number;
  /** Scratch memory of each thread. */
  readonly scratchBytes: number;
  /** Scratch memory that all threads share. */
  readonly sharedBytes?: number;
  /** Instead of code: a loop in JavaScript, and the values it takes as inputs. It runs on the main thread. */
  readonly host?: { readonly inputs: readonly ValueId[]; readonly run: Kernel };
  /** Functions of the library module that its code calls. */
  readonly uses?: readonly LibraryFunction[];
  /** Writes the function with `kernelSignature`. */
  emit(context: KernelContext): FunctionRef;
}

/** Nodes of a graph (by their position) that became one kernel, or several that run one after the other. */
export interface Lowered {
  readonly nodes: readonly number[];
  readonly kernels: readonly KernelPlan[];
}
