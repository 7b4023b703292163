import { environmentVariable } from './host.js';

let level: number | undefined;

/**
 * Tells people who set the environment variable `GRADUS_DEBUG` what the engine does, on the error stream: 1 names the
 * engine and each program that is made, 2 also explains the program.
 */
export function debug(least: 1 | 2, text: () => string): void {
  level ??= Number(environmentVariable('GRADUS_DEBUG') ?? 0);
  if (level >= least) console.error(`[gradus] ${text()}`);
}
