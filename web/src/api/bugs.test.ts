import { expect, test } from 'vitest';
import { readBugs } from './bugs';

test('a bug stands once, and only http is followed', () => {
  const bugs = readBugs({ hits: [
    { id: 12, signature: 'a', url: 'https://bugs.example/12', status: 'NEW' }, { id: 12, signature: 'b', url: 'https://bugs.example/12' },
    { id: 'CORE-7', url: 'javascript:alert(1)' }, {},
  ] });
  expect(bugs.map(({ id, url }) => [id, url])).toEqual([['12', 'https://bugs.example/12'], ['CORE-7', undefined]]);
});
