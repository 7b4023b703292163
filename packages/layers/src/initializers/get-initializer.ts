import { unknownName } from '@gradus/tensor';
import { expectPart } from '../expect-part-options.js';
import type { Serialized } from '../serialized.js';
import { isSerialized } from '../serialized.js';
import { constant, identity, ones, zeros } from './constant.js';
import type { Initializer } from './initializer.js';
import { orthogonal } from './orthogonal.js';
import { randomNormal, randomUniform, truncatedNormal } from './random.js';
import { stft } from './stft.js';
import {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  varianceScaling,
} from './variance-scaling.js';

const byName: Readonly<Record<InitializerName, (options?: never) => Initializer>> = {
  zeros,
  ones,
  constant,
  identity,
  randomNormal,
  randomUniform,
  truncatedNormal,
  varianceScaling,
  glorotUniform,
  glorotNormal,
  heUniform,
  heNormal,
  lecunUniform,
  lecunNormal,
  orthogonal,
  stft,
  zero: zeros,
  one: ones,
  uniform: randomUniform,
  normal: randomNormal,
};

/** The initializers that can be named by a string. */
export type InitializerName =
  | 'zeros'
  | 'ones'
  | 'constant'
  | 'identity'
  | 'randomNormal'
  | 'randomUniform'
  | 'truncatedNormal'
  | 'varianceScaling'
  | 'glorotUniform'
  | 'glorotNormal'
  | 'heUniform'
  | 'heNormal'
  | 'lecunUniform'
  | 'lecunNormal'
  | 'orthogonal'
  | 'stft'
  | 'zero'
  | 'one'
  | 'uniform'
  | 'normal';

/** What an `...Initializer` option takes: a name, an initializer, or one written as data. */
export type InitializerLike = InitializerName | Initializer | Serialized;

/**
 * The initializer of a name, of `{ className, config }`, or itself.
 *
 * @throws NameError with the nearest name for one that nobody knows.
 */
export function getInitializer(identifier: InitializerLike): Initializer {
  expectPart('initializer', byName, identifier);
  if (typeof identifier === 'function') return identifier;
  const written = isSerialized(identifier);
  const name = written ? identifier.className : identifier;
  const wanted = name.toLowerCase().replace(/initializer$/, '');
  const found = Object.entries(byName).find(([known]) => known.toLowerCase() === wanted);
  if (found === undefined) throw unknownName('initializer', name, Object.keys(byName));
  const make = found[1] as (options?: object) => Initializer;
  return make(written ? identifier.config : {});
}
