import { matmul, sum, zeros } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import { moments, power } from './adam.js';
import { defineOptimizer } from './define-optimizer.js';
import type { Optimizer, OptimizerOptions } from './optimizer.js';

/** Options of `muon`. */
export interface MuonOptions extends OptimizerOptions {
  /** Adam's share of the old mean of gradients, for what is no matrix. Default 0.9. */
  readonly adamBeta1?: number;
  /** Adam's share of the old mean of squared gradients. Default 0.999. */
  readonly adamBeta2?: number;
  /** Weight decay of what Adam trains. Default 0.004. */
  readonly adamWeightDecay?: number | null;
  /** Added to Adam's root. Default 1e-7. */
  readonly epsilon?: number;
  /** Parts of paths, as regular expressions, that Adam shall train. Default none. */
  readonly excludeLayers?: readonly string[] | null;
  /** Whether Adam trains embeddings. Default true. */
  readonly excludeEmbeddings?: boolean;
  /** Coefficients of the polynomial `a·x + b·x³ + c·x⁵` that draws singular values to 1. Default 3.4445. */
  readonly muonA?: number;
  /** Default -4.775. */
  readonly muonB?: number;
  /** Default 2.0315. */
  readonly muonC?: number;
  /** Adam's learning rate as a multiple of Muon's. Default 1. */
  readonly adamLrRatio?: number;
  /** Share of the last step that is taken again. Default 0.95. */
  readonly momentum?: number;
  /** How often the polynomial is applied. Default 5. */
  readonly nsSteps?: number;
  /** Whether to look ahead along the momentum. Default true. */
  readonly nesterov?: boolean;
  /** Steps are scaled by `√max(rows, columns) · rmsRate`, so that Adam's rates fit; null does not. Default 0.2. */
  readonly rmsRate?: number | null;
}

/** The nearest orthogonal matrix, roughly: all singular values become about 1. */
function orthogonalize(
  g: Tensor,
  [a, b, c]: readonly [number, number, number],
  steps: number,
): Tensor {
  const [rows, columns] = g.shape as readonly [number, number];
  const isTall = rows > columns;
  let x = isTall ? g.transpose() : g;
  // The polynomial converges for singular values up to 1, which the length of the matrix bounds.
  x = x.div(sum(x.square()).sqrt().add(1e-7));
  for (let i = 0; i < steps; i++) {
    const square = matmul(x, x.transpose());
    const polynomial = square.mul(b).add(matmul(square.mul(c), square));
    x = x.mul(a).add(matmul(polynomial, x));
  }
  return isTall ? x.transpose() : x;
}

/**
 * Momentum whose steps are made orthogonal, so that every direction of a weight matrix moves alike. For hidden layers:
 * what is no matrix, and embeddings, are trained by Adam with decoupled weight decay.
 *
 * `m ← momentum · m + g`, `w ← w - learningRate · √max(rows, columns) · rmsRate · orthogonal(g + momentum · m)`.
 *
 * @param options `learningRate` 0.001, `weightDecay` 0.004, `momentum` 0.95, `nsSteps` 5, `nesterov` true, `rmsRate` 0.2.
 * @see K. Jordan et al., Muon: An optimizer for hidden layers, 2024; J. Liu et al., Muon is Scalable, 2025.
 */
export function muon(options: MuonOptions = {}): Optimizer {
  const { adamBeta1 = 0.9, adamBeta2 = 0.999, epsilon = 1e-7, adamLrRatio = 1 } = options;
  const { muonA = 3.4445, muonB = -4.775, muonC = 2.0315, nsSteps = 5 } = options;
  const { momentum = 0.95, nesterov = true, excludeEmbeddings = true } = options;
  const adamWeightDecay = options.adamWeightDecay === undefined ? 0.004 : options.adamWeightDecay;
  const rmsRate = options.rmsRate === undefined ? 0.2 : options.rmsRate;
  const weightDecay = options.weightDecay === undefined ? 0.004 : options.weightDecay;
  const excludeLayers = options.excludeLayers ?? [];
  const isAdams = (w: Tensor, name = ''): boolean =>
    w.rank !== 2 ||
    (excludeEmbeddings && name.toLowerCase().includes('embedding')) ||
    excludeLayers.some((pattern) => new RegExp(pattern).test(name));
  const hasVelocity = (velocity: Tensor): boolean => velocity.size > 0;
  return defineOptimizer<'momentum' | 'velocity'>({
    className: 'Muon',
    name: 'muon',
    options: { ...options, weightDecay },
    defaultLearningRate: 0.001,
    config: {
      adamBeta1,
      adamBeta2,
      epsilon,
      excludeLayers: [...excludeLayers],
      muonA,
      muonB,
      muonC,
      adamLrRatio,
      momentum,
      nsSteps,
      nesterov,
      excludeEmbeddings,
      adamWeightDecay,
      rmsRate,
    },
    slotGroups: [
      [
        { name: 'momentum' },
        { name: 'velocity', initial: (w, name) => (isAdams(w, name) ? zeros(w.shape) : null) },
      ],
    ],
    weightDecayOf: (_w, { velocity }) => (hasVelocity(velocity) ? adamWeightDecay : weightDecay),
    prepare: ({ learningRate, step }) => ({
      adam: learningRate
        .mul(adamLrRatio)
        .mul(power(adamBeta2, step).neg().add(1).sqrt())
        .div(power(adamBeta1, step).neg().add(1)),
    }),
    update: (g, w, slots, { learningRate, common }) => {
      if (hasVelocity(slots.velocity)) {
        const next = moments(g, slots, adamBeta1, adamBeta2);
        const change = next.momentum
          .mul(common['adam'] as Tensor)
          .div(next.velocity.sqrt().add(epsilon));
        return { w: w.sub(change), slots: next };
      }
      const m = slots.momentum.add(g.add(slots.momentum.mul(momentum - 1)));
      const direction = nesterov ? g.add(m.mul(momentum)) : m;
      const step = orthogonalize(direction, [muonA, muonB, muonC], nsSteps).mul(learningRate);
      const scale = rmsRate === null ? 1 : Math.sqrt(Math.max(...w.shape)) * rmsRate;
      return { w: w.sub(step.mul(scale)), slots: { momentum: m, velocity: slots.velocity } };
    },
  });
}
