import { afterEach, expect, test, vi } from 'vitest';
import { askShortLink, readSaved } from './saved_searches';

afterEach(() => vi.unstubAllGlobals());

test('saved searches lead into this site, or nowhere', () => {
  expect(
    readSaved({
      searches: [
        { id: 1, name: 'Mine', url: '/search?product=A' },
        { id: 2, url: '/search' },
        { id: 3, name: 'bad', url: 'https://x.example/' },
        { id: 4, name: 'bad', url: '//x.example/' },
        { name: 'no id', url: '/search' },
      ],
    }),
  ).toEqual([
    { id: 1, name: 'Mine', path: '/search?product=A' },
    { id: 2, name: '/search', path: '/search' },
  ]);
  expect(readSaved({})).toEqual([]);
});

test('a short link never leads to another site', async () => {
  vi.stubGlobal('fetch', async () => new Response('{"url":"/\\\\x.example"}'));
  expect(await askShortLink('a', new AbortController().signal)).toMatchObject({ ok: false });
});
