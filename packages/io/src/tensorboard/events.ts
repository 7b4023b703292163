import { histogramOf } from './histogram.js';
import { ProtoBytes } from './proto-bytes.js';
import { formatRecord } from './record.js';

/** A number, or values whose distribution is of interest, at one step. */
export interface TensorBoardEvent {
  /** What TensorBoard calls it; parts before a slash make groups. */
  readonly tag: string;
  readonly step: number;
  readonly value: number | ArrayLike<number>;
  /** Seconds since 1970. Default: now. */
  readonly time?: number;
}

/**
 * The first record of every event file.
 *
 * Source: TensorFlow, `core/util/event.proto`.
 */
export function tensorBoardHeader(time: number = Date.now() / 1000): Uint8Array<ArrayBuffer> {
  return formatRecord(new ProtoBytes().double(1, time).text(3, 'brain.Event:2').toBytes());
}

/**
 * Events as the records of an event file, to be put behind {@link tensorBoardHeader} and whatever came before.
 *
 * Source: TensorFlow, `core/util/event.proto` and `core/framework/summary.proto`.
 */
export function formatTensorBoard(events: readonly TensorBoardEvent[]): Uint8Array<ArrayBuffer> {
  const records = events.map(({ tag, step, value, time = Date.now() / 1000 }) => {
    const summary = new ProtoBytes().text(1, tag);
    if (typeof value === 'number') summary.float(2, value);
    else summary.message(5, histogramBytes(value));
    const event = new ProtoBytes().double(1, time).int(2, step);
    return formatRecord(event.message(5, new ProtoBytes().message(1, summary)).toBytes());
  });
  const all = new Uint8Array(records.reduce((length, record) => length + record.length, 0));
  let at = 0;
  for (const record of records) {
    all.set(record, at);
    at += record.length;
  }
  return all;
}

function histogramBytes(values: ArrayLike<number>): ProtoBytes {
  const bytes = new ProtoBytes();
  const histogram = histogramOf(values);
  if (histogram === undefined) return bytes;
  const { min, max, sum, sumOfSquares, limits, counts } = histogram;
  const count = counts.reduce((a, b) => a + b, 0);
  bytes.double(1, min).double(2, max).double(3, count).double(4, sum).double(5, sumOfSquares);
  return bytes.doubles(6, limits).doubles(7, counts);
}
