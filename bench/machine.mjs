// What the figures were measured on, and whether the machine was quiet.
import { spawnSync } from 'node:child_process';
import os from 'node:os';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { folder } from './runners.mjs';

/** The machine and the version of Gradus, as plain data. */
export function describeMachine() {
  const git = (...args) =>
    spawnSync('git', args, { cwd: folder, encoding: 'utf8' }).stdout?.trim() ?? '';
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()}, ${os.arch()}`,
    node: process.version,
    commit: git('rev-parse', '--short', 'HEAD') || 'unknown',
    hasLocalChanges: git('status', '--porcelain', '--', '../packages') !== '',
  };
}

function ticks() {
  let [idle, total] = [0, 0];
  for (const { times } of os.cpus()) {
    idle += times.idle;
    total += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idle, total };
}

/**
 * Waits until other programs leave most of the machine alone, but no longer than `limitMs`.
 *
 * @returns the share of the machine that was busy at the end, from 0 to 1
 */
export async function waitForQuiet({ limitMs = 10_000, share = 0.25 } = {}) {
  const start = performance.now();
  for (;;) {
    const before = ticks();
    await sleep(250);
    const after = ticks();
    const busy = 1 - (after.idle - before.idle) / Math.max(1, after.total - before.total);
    if (busy < share || performance.now() - start > limitMs) return Number(busy.toFixed(2));
  }
}
