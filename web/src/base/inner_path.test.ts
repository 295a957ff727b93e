import { expect, test } from 'vitest';
import { innerPath } from './inner_path';

test('only paths of this site', () => {
  expect(innerPath('/search?product=a', '/')).toBe('/search?product=a');
  for (const bad of [
    null,
    '',
    'https://a.example',
    '//a.example',
    '/\\a.example',
    'javascript:x',
    '/\t/a.example',
    '/api/Me/',
    '/account/sign-in?next=/',
  ]) {
    expect(innerPath(bad, '/home')).toBe('/home');
  }
});
