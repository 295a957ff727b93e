import { expect, test } from 'vitest';
import { bugsApiPath, readBugsBySignature } from './bugs_of_signatures';

test('a bug of two signatures stands with both', () => {
  const bugs = readBugsBySignature({
    hits: [
      { id: 1, signature: 'a' },
      { id: 1, signature: 'b' },
      { id: 2, signature: 'a' },
    ],
  });
  expect([...bugs].map(([signature, found]) => [signature, found.map(({ id }) => id)])).toEqual([
    ['a', ['1', '2']],
    ['b', ['1']],
  ]);
  expect(readBugsBySignature({}).size).toBe(0);
});

test('signatures are asked for at once', () => {
  expect(bugsApiPath(['a b', 'c'])).toBe('/api/Bugs/?signatures=a+b&signatures=c');
});
