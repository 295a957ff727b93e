import { expect, test } from 'vitest';
import { dateWords, kAllMissing, missingApiPath, missingCsvPath, missingPath, parseMissingQuery } from './missing_query';

const read = (search: string) => parseMissingQuery(new URLSearchParams(search));

test.each([
  '/symbols/missing',
  '/symbols/missing?file=lib%2B+%26x.so',
  '/symbols/missing?date=%3E%3D2026-11-01&date=%3C2026-11-08',
  '/symbols/missing?file=a&date=2026-11-01&sort=file&_results_offset=400',
  '/symbols/missing?sort=-last',
  '/symbols/missing?sort=crashes',
])('%s is read and written the same', (path) => {
  const query = read(path.split('?')[1] ?? '');
  expect(missingPath(query, { page: query.page })).toBe(path);
});

test('what is no order, page or filter is as if it were not there', () => {
  for (const search of ['', 'sort=size', 'sort=-', 'sort=-crashes', '_results_offset=-5', '_results_offset=x', 'file=+', 'date=']) {
    expect(read(search)).toEqual(kAllMissing);
  }
});

test('another filter or order begins at the first page', () => {
  const query = read('file=a&_results_offset=600');
  expect(query.page).toBe(3);
  expect(missingPath(query, { file: 'b' })).toBe('/symbols/missing?file=b');
  expect(missingPath(query, { sorting: { key: 'id', descending: false } })).toBe('/symbols/missing?file=a&sort=id');
});

test('the API is asked for a page, the CSV file holds all, and neither is told the order', () => {
  const query = read('file=a&date=%3E2026-11-01&sort=file&_results_offset=200');
  expect(missingApiPath(query)).toBe('/api/MissingSymbols/?file=a&date=%3E2026-11-01&_results_number=200&_results_offset=200');
  expect(missingCsvPath(query)).toBe('/missingsymbols.csv?file=a&date=%3E2026-11-01');
  expect(missingCsvPath(kAllMissing)).toBe('/missingsymbols.csv');
});

test('bounds are told in words', () => {
  expect(['>=2026-11-01', '>2026-11-01', '<=2026-11-01', '<2026-11-01', '=2026-11-01', '2026-11-01', 'x'].map(dateWords)).toEqual([
    'from 2026-11-01', 'after 2026-11-01', 'until 2026-11-01', 'before 2026-11-01', 'on 2026-11-01', 'on 2026-11-01', 'on x']);
});
