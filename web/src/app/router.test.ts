import { expect, test } from 'vitest';
import { matchPath } from './router';

test('paths give their parameters', () => {
  expect(matchPath('/report/index/:id', '/report/index/a%20b')).toEqual({ id: 'a b' });
  expect(matchPath('/report/index/:id', '/report/index/x/')).toEqual({ id: 'x' });
  expect(matchPath('/', '/')).toEqual({});
});

test.each(['/report/index', '/report/index/a/b', '/report', '/nothing/index/a'])('%s is another page', (path) => {
  expect(matchPath('/report/index/:id', path)).toBeUndefined();
});

test('broken percent-encoding stands for itself', () => {
  expect(matchPath('/report/index/:id', '/report/index/%zz')).toEqual({ id: '%zz' });
});
