import { threadChecks } from './thread-agreement.js';

/** What did not agree, by name, and how many programs were compared. */
export interface AgreementReport {
  readonly compared: number;
  readonly faults: readonly string[];
}

async function report(): Promise<AgreementReport> {
  const faults: string[] = [];
  const checks = threadChecks(3);
  for (const { name, run } of checks)
    await run().catch((error: unknown) => faults.push(`${name}: ${String(error)}`));
  return { compared: checks.length, faults };
}

void report().then((result) => globalThis.postMessage(result));
