import { GradusError, NameError } from '@gradus/tensor';
import { runActivation } from './activation-case.js';
import { runLayerAdapt } from './adapt-case.js';
import { Comparison } from './comparison.js';
import { runFit } from './fit-case.js';
import { Unsupported } from './format.js';
import type { GoldenCase } from './format.js';
import {
  runInitializerExact,
  runInitializerLayerFan,
  runInitializerOrthogonal,
  runInitializerRandom,
  runInitializerSeed,
} from './initializer-case.js';
import { runLayer, runLayerCalls } from './layer-case.js';
import { runLoss } from './loss-case.js';
import { runMetric } from './metric-case.js';
import { runOptimizer, runSchedule } from './optimizer-case.js';
import { runConstraint, runRegularizer } from './penalty-case.js';
import { runLayerStatistics } from './statistics-case.js';
import { runProgbar, runSummary } from './text-case.js';
import { isTextCase, runTextLayer } from './text-layer-case.js';
import { runTranscript } from './transcript-case.js';

/** What became of a case. */
export interface Outcome {
  readonly name: string;
  readonly kind: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Why it failed, each with the largest deviation and where it is; or the reason for skipping. */
  readonly reasons: readonly string[];
  /** Largest absolute difference from Keras, tolerated or not. */
  readonly largest: number;
}

type Runner = (golden: GoldenCase, check: Comparison) => void | Promise<void>;

const runners: Readonly<Record<string, Runner>> = {
  activation: runActivation,
  constraint: runConstraint,
  fit: runFit,
  initializerExact: runInitializerExact,
  initializerLayerFan: runInitializerLayerFan,
  initializerOrthogonal: runInitializerOrthogonal,
  initializerRandom: runInitializerRandom,
  initializerSeed: runInitializerSeed,
  layer: (golden, check) => (isTextCase(golden) ? runTextLayer : runLayer)(golden, check),
  layerAdapt: runLayerAdapt,
  layerCalls: runLayerCalls,
  layerMask: runLayer,
  layerStatistics: runLayerStatistics,
  loss: runLoss,
  metric: runMetric,
  optimizer: runOptimizer,
  progbar: runProgbar,
  regularizer: runRegularizer,
  schedule: runSchedule,
  summary: runSummary,
  transcript: runTranscript,
};

function missing(error: unknown): string | undefined {
  if (error instanceof Unsupported) return error.message;
  if (error instanceof GradusError && error.code === 'keras/unsupported')
    return /\] (.*)\.$/m.exec(error.message)?.[1] ?? error.message;
  if (!(error instanceof NameError)) return undefined;
  // "There is no layer class called 'GRU'." and its kin: something with a name that Gradus does not have.
  const name = /'([^']+)'|"([^"]+)"/.exec(error.message.split('\n')[0] ?? '');
  const option = error.code === 'layer/unknown-option';
  if (option) return (error.message.split('\n')[0] ?? '').replace(/^.*?\] /, '');
  return `${name?.[1] ?? name?.[2] ?? error.message.split('\n')[0]} is not supported yet`;
}

/** How cases are run. */
export interface RunOptions {
  /** Record what a case computes and run it as a program of the default backend. Default false: at once. */
  readonly isCompiled?: boolean;
}

/** Runs one case. Never throws: whatever goes wrong is the outcome. */
export async function runCase(
  golden: GoldenCase,
  { isCompiled = false }: RunOptions = {},
): Promise<Outcome> {
  const { name, kind } = golden;
  const check = new Comparison(isCompiled);
  const outcome = (status: Outcome['status'], reasons: readonly string[]): Outcome => ({
    name,
    kind,
    status,
    reasons,
    largest: check.largest,
  });
  const runner = Object.hasOwn(runners, kind) ? runners[kind] : undefined;
  if (runner === undefined)
    return outcome('skipped', [`cases of kind ${kind} are not supported yet`]);
  try {
    await runner(golden, check);
  } catch (error) {
    const reason = missing(error);
    if (reason !== undefined) return outcome('skipped', [reason]);
    return outcome('failed', [`threw ${error instanceof Error ? error.message : String(error)}`]);
  }
  return check.faults.length === 0 ? outcome('passed', []) : outcome('failed', check.faults);
}
