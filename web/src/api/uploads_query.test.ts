import { expect, test } from 'vitest';
import { kAllUploads, parseUploadsQuery, uploadFilters, uploadsApiPath, uploadsPath } from './uploads_query';

const parse = (text: string) => parseUploadsQuery(new URLSearchParams(text));

test('the URL holds all of it, and the API takes the same', () => {
  const text = 'key=lib+AB1&user=ann&product=Editor&try=1&complete=0&sort=size&page=3';
  const query = parse(text);
  expect(query).toEqual({ key: 'lib AB1', user: 'ann', product: 'Editor', class: 'try', complete: false, bySize: true, page: 2 });
  expect(uploadsPath(query, { page: query.page })).toBe(`/symbols/uploads?${text}`);
  expect(uploadsApiPath(query)).toBe(`/api/uploads/?${text}`);
});

test('nothing said is everything, newest first', () => {
  expect(parse('')).toEqual(kAllUploads);
  expect(parse('try=maybe&complete=x&page=0&sort=name&key=+')).toEqual(kAllUploads);
  expect(parse('page=1e99').page).toBe(0);
  expect(uploadsApiPath(kAllUploads)).toBe('/api/uploads/');
});

test('another filter begins at the first page', () => {
  expect(uploadsPath(parse('page=5&user=ann'), { class: 'regular' })).toBe('/symbols/uploads?user=ann&try=0');
});

test('each filter in force is told with the way without it', () => {
  expect(uploadFilters(kAllUploads)).toEqual([]);
  expect(uploadFilters(parse('key=x&complete=1'))).toEqual([
    { words: 'a file with “x” in its name or id', without: '/symbols/uploads?complete=1' },
    { words: 'a complete end', without: '/symbols/uploads?key=x' },
  ]);
});
