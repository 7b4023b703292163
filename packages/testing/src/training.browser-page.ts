import { dense, dropout } from '@gradus/layers';
import { sequential } from '@gradus/models';
import { adam } from '@gradus/optimizers';
import { key, randomNormal, setDefaultBackend } from '@gradus/tensor';
import { createBackend, probeFeatures } from '@gradus/wasm';

/** What came out of a training, on whatever thread of the browser it ran. */
export interface TrainingReport {
  readonly isolated: boolean;
  /** Whether this thread could have others help it. */
  readonly threads: boolean;
  readonly loss: readonly number[];
  readonly prediction: readonly number[];
}

/** Trains a small model with `fit`, on three threads where there are threads. */
export async function train(): Promise<TrainingReport> {
  const features = probeFeatures({ threads: true, wide: false });
  // Everything is shared out from the first run on, however little it is.
  setDefaultBackend(createBackend(features, { threads: 3, worthSharingUs: 0, startAfterUs: 0 }));
  const x = randomNormal(key(1), [256, 20]);
  const y = x.sum({ axis: 1, keepDims: true }).tanh();
  const model = sequential(
    [dense({ units: 64, activation: 'relu' }), dropout({ rate: 0.1 }), dense({ units: 1 })],
    { seed: 3 },
  );
  model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: 'mse' });
  const { history } = await model.fit(x, y, { epochs: 15, batchSize: 32, verbose: 0 });
  return {
    isolated: globalThis.crossOriginIsolated,
    threads: features.shared,
    loss: history['loss'] as number[],
    prediction: [...model.predict(x).data],
  };
}
