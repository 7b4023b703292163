/**
 * The words (32 bits each) through which the pool and its threads talk without messages; a message is only seen by a thread
 * that has gone back to its event loop. What different threads write is in different lines of the cache.
 */
export const poolWords = {
  /** Goes up when there is a job or a message; sleeping threads wait on it. */
  event: 0,
  /** How many threads wait on `event`. */
  sleepers: 16,
  /** The job: its number (odd while it is being written), the program, who takes part, shares, number of its first phase. */
  job: 32,
  program: 33,
  threads: 34,
  shares: 35,
  base: 36,
  /** How many times a thread looks for the next job before it sleeps. */
  looks: 37,
  /** Not zero: bytes of the text that says why a thread failed, and the text. */
  failureBytes: 48,
  failureText: 64,
  failureLimit: 512,
  /** A group of words for each thread, starting with thread 1. */
  first: 192,
  stride: 16,
  /** In a group: messages sent, whether the thread has started, whether it is inside of a run. */
  sent: 0,
  ready: 1,
  inside: 2,
  /** How many times it has forgotten everything. */
  forgotten: 3,
} as const;

/** The number of a word of thread `index`, counted from 1. */
export function threadWord(index: number, word: 'sent' | 'ready' | 'inside' | 'forgotten'): number {
  return poolWords.first + (index - 1) * poolWords.stride + poolWords[word];
}
