/**
 * The first words of every memory of the engine: how threads that work on it at the same time agree. Each word that several
 * threads write has a line of the cache for itself. Nothing lives at address 0, so that a forgotten address is seen.
 */
export const control = {
  /** 64 bits: which step of which run is being worked on, and how much of it is taken and done. */
  ticket: 64,
  /** How many threads sleep until the ticket changes. */
  sleepers: 128,
  /** Not zero: the run failed, all threads leave it. */
  abort: 192,
  /** How many times a thread looks at the ticket before it sleeps. */
  looks: 196,
  /** What kernels report, see `KernelContext.status`. */
  status: 256,
  /** Here begins what programs and carried tensors get. */
  end: 320,
} as const;
