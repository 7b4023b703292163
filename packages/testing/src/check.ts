/** One thing that must hold. Suites are lists of these, so that they fit any test runner: `for (const c of suite) it(c.name, c.run)`. */
export interface Check {
  readonly name: string;
  /** Throws when it does not hold. */
  run(): void;
}

/** Throws `message` unless `holds`. */
export function assertThat(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

/** Throws unless the two lists of numbers agree within `tolerance` times the larger of 1 and the wanted number. */
export function assertNear(
  what: string,
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  tolerance: number,
): void {
  assertThat(
    got.length === want.length,
    `${what}: ${got.length} numbers instead of ${want.length}`,
  );
  for (let i = 0; i < want.length; i++) {
    const a = got[i] as number;
    const b = want[i] as number;
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    assertThat(
      Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)),
      `${what}: [${i}] is ${a} instead of ${b}`,
    );
  }
}
