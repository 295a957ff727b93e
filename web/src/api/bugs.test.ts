import { expect, test } from 'vitest';
import { bugOrder, readBugs, relatedOf } from './bugs';

test('a bug stands once, and only http is followed', () => {
  const bugs = readBugs({
    hits: [
      { id: 12, signature: 'a', url: 'https://bugs.example/12', status: 'NEW' },
      { id: 12, signature: 'b', url: 'https://bugs.example/12' },
      { id: 'CORE-7', url: 'javascript:alert(1)' },
      {},
    ],
  });
  expect(bugs.map(({ id, url }) => [id, url])).toEqual([
    ['12', 'https://bugs.example/12'],
    ['CORE-7', undefined],
  ]);
});

test.each([
  ['1234', '1234'],
  [' #17 ', '17'],
  ['CORE-7', 'CORE-7'],
  [' https://github.com/o/n/issues/17 ', 'https://github.com/o/n/issues/17'],
])('%s is sent as %s', (bug, sent) => {
  expect(bugOrder({ signature: 'a', bug })).toEqual({ signature: 'a', bug: sent });
});

test('a bug of another tracker with the same number is not related', () => {
  const bug = (tracker: string, signature: string) => readBugs({ hits: [{ id: '7', tracker, signature }] })[0]!;
  const other = bug('second', 'c');
  expect(relatedOf([bug('first', 'a'), bug('first', 'b'), other], [bug('first', 'a')]).map(({ signature }) => signature)).toEqual(['a', 'b']);
});
