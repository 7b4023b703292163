import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repeatedKey } from './json-keys.js';

describe('repeatedKey', () => {
  it('finds a key that comes twice in one object, at any depth and in any spelling', () => {
    expect(repeatedKey('{"a":1,"b":{"a":2},"c":[{"a":1},{"a":1}]}')).toBeUndefined();
    expect(repeatedKey('{"a":1,"a" :2}')).toBe('a');
    expect(repeatedKey('{"x":[{"b":1,"\\u0062":2}]}')).toBe('b');
    expect(repeatedKey('{"a":"a\\":","b":"{\\"a\\":1"}')).toBeUndefined();
  });

  it('finds nothing in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(repeatedKey(JSON.stringify(value))).toBeUndefined();
      }),
    );
  });
});
