/** What the running engine can do; found out once by compiling tiny modules. */
export interface Features {
  /** Fused multiply-add of relaxed SIMD: Node 22 and newer, current browsers. */
  readonly relaxed: boolean;
  /** Memory that threads can share, with atomic waits. */
  readonly shared: boolean;
  /** Kernels are shaped so that V8 can join neighbouring 128-bit operations into 256-bit ones. */
  readonly wide: boolean;
}
