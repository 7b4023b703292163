// Medians over interleaved rounds, and the ratios that the tables show.

/** The middle value; the mean of the two middle ones for an even count. */
export function median(values) {
  if (values.length === 0) throw new RangeError('median of no values');
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** One figure from several rounds: the median of their medians, the best of all samples. */
export function mergeRounds(rounds) {
  return {
    median: median(rounds.map((round) => round.median)),
    best: Math.min(...rounds.map((round) => round.best)),
    rounds,
  };
}

/**
 * How Gradus compares with a peer, from times per item: `time` is Gradus' time over the peer's (below 1: Gradus is
 * faster), `speed` the same the other way round.
 */
export function compareTimes(gradus, peer) {
  return { time: gradus / peer, speed: peer / gradus };
}

/** `2.4x faster`, `1.3x slower`; differences under 10 % mean nothing on a shared machine. */
export function inWords({ speed }, words = { better: 'faster', worse: 'slower' }) {
  if (speed > 0.9 && speed < 1.1) return 'level';
  return speed > 1
    ? `${threeDigits(speed)}x ${words.better}`
    : `${threeDigits(1 / speed)}x ${words.worse}`;
}

/** A number with about three digits: 12,345 → 12,300; 0.01234 → 0.0123. */
export function threeDigits(value) {
  if (!Number.isFinite(value)) return String(value);
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumSignificantDigits: 3 });
}
