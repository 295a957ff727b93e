import { expect, test } from 'vitest';
import { readTokens, tokenState } from './tokens';

test('the newest token stands first, and what has no id is none', () => {
  expect(
    readTokens({ tokens: [{ id: 1, label: 'a' }, { id: 3 }, {}] }).map(({ id, label }) => [id, label]),
  ).toEqual([
    [3, 'no label'],
    [1, 'a'],
  ]);
});

test('a token is in force until it expires or is revoked', () => {
  const now = new Date('2026-11-30T12:00:00Z');
  const stateOf = (token: object) => tokenState(readTokens({ tokens: [{ id: 1, ...token }] })[0]!, now);
  expect(stateOf({})).toBe('in force');
  expect(stateOf({ expires: '2026-12-01T00:00:00Z' })).toBe('in force');
  expect(stateOf({ expires: '2026-11-30T12:00:00Z' })).toBe('expired');
  expect(stateOf({ expires: '2026-11-01T00:00:00Z', revoked: '2026-10-01T00:00:00Z' })).toBe('revoked');
});
