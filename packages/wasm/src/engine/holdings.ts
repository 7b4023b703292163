/** What other threads may hold on to: programs, and the memories they work in. */
export class Holdings {
  readonly #memoryOf = new Map<number, number>();
  readonly #memories = new Map<number, { bytes: number; programs: number }>();

  /** How many memories they keep alive. */
  get memories(): number {
    return this.#memories.size;
  }

  /** Bytes of all these memories. */
  get bytes(): number {
    let sum = 0;
    for (const { bytes } of this.#memories.values()) sum += bytes;
    return sum;
  }

  get programs(): number[] {
    return [...this.#memoryOf.keys()];
  }

  add(program: number, memory: number, bytes: number): void {
    this.#memoryOf.set(program, memory);
    const known = this.#memories.get(memory);
    if (known === undefined) this.#memories.set(memory, { bytes, programs: 1 });
    else {
      known.bytes = bytes;
      known.programs++;
    }
  }

  remove(program: number): void {
    const memory = this.#memoryOf.get(program);
    if (memory === undefined) return;
    this.#memoryOf.delete(program);
    const known = this.#memories.get(memory);
    if (known !== undefined && --known.programs === 0) this.#memories.delete(memory);
  }
}
