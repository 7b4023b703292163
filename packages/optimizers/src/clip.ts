import { ValueError, sum, where } from '@gradus/tensor';
import type { Tensor } from '@gradus/tensor';
import type { OptimizerOptions } from './optimizer.js';

type Clip = Pick<OptimizerOptions, 'clipnorm' | 'clipvalue' | 'globalClipnorm'>;

/** @throws ValueError when more than one clip is set. */
export function checkClips(clips: Clip): void {
  const set = (['clipnorm', 'clipvalue', 'globalClipnorm'] as const).filter(
    (name) => (clips[name] ?? null) !== null,
  );
  if (set.length > 1)
    throw new ValueError('optimizer/clips', 'An optimizer clips gradients in one way.', {
      got: set.join(' and '),
      expected: 'at most one of clipnorm, clipvalue, globalClipnorm',
      fix: `keep ${set[0]} and remove the rest`,
    });
}

/** Gradients shortened to what the options allow. */
export function clipGradients(gradients: readonly Tensor[], clips: Clip): readonly Tensor[] {
  const { clipnorm, clipvalue, globalClipnorm } = clips;
  if (typeof clipnorm === 'number' && clipnorm > 0)
    return gradients.map((g) => clipByNorm(g, clipnorm));
  if (typeof clipvalue === 'number' && clipvalue > 0)
    return gradients.map((g) => g.clip(-clipvalue, clipvalue));
  if (typeof globalClipnorm === 'number' && globalClipnorm > 0)
    return clipTogether(gradients, globalClipnorm);
  return gradients;
}

function clipByNorm(g: Tensor, limit: number): Tensor {
  const squaredNorm = sum(g.square());
  const isPositive = squaredNorm.greater(0);
  const norm = where(isPositive, where(isPositive, squaredNorm, 1).sqrt(), squaredNorm);
  return g.mul(limit).div(norm.maximum(limit));
}

function clipTogether(gradients: readonly Tensor[], limit: number): readonly Tensor[] {
  const [first, ...rest] = gradients.map((g) => sum(g.square()));
  if (first === undefined) return gradients;
  const norm = rest.reduce((total, part) => total.add(part), first).sqrt();
  // An infinite norm gives inf - inf = NaN here on purpose: broken gradients must show, not vanish.
  const scale = norm.maximum(limit).pow(-1).mul(limit).add(norm.sub(norm));
  return gradients.map((g) => g.mul(scale));
}
