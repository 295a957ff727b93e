import { expect, test } from 'vitest';
import { countsApiPath, exportPath, readSearchPage, searchApiPath } from './search';
import { termsOf } from './search_facets';
import { exactSignature, plainQuery } from './search_query';

const kId = '0b5e2a10-7c3d-4e5f-8a9b-0c1d2e261122';

test('asks for the newest crashes first, with columns and facets', () => {
  const url = new URL(searchApiPath({ ...plainQuery([exactSignature('a')]), page: 1 }), 'http://x');
  expect(url.pathname).toBe('/api/SuperSearch/');
  expect(url.searchParams.get('signature')).toBe('=a');
  expect(url.searchParams.getAll('_columns')).toEqual(expect.arrayContaining(['uuid', 'kind', 'version']));
  expect(url.searchParams.get('_sort')).toBe('-date');
  expect(url.searchParams.get('_results_offset')).toBe('50');
  expect(url.searchParams.getAll('_facets')).toContain('bucket');
  expect(url.searchParams.has('_weights')).toBe(false);
});

test('a cursor takes the place of the offset', () => {
  const url = new URL(searchApiPath({ ...plainQuery([]), page: 3, cursor: 'abc', hasWeights: true }), 'http://x');
  expect(url.searchParams.get('_cursor')).toBe('abc');
  expect(url.searchParams.has('_results_offset')).toBe(false);
  expect(url.searchParams.get('_weights')).toBe('true');
});

test('counts ask for no crashes, and an export for no facets', () => {
  const counts = new URL(countsApiPath({ conditions: [exactSignature('a')] }), 'http://x').searchParams;
  expect(counts.get('_results_number')).toBe('0');
  expect(counts.get('_facets_size')).toBe('0');
  const url = new URL(exportPath(plainQuery([exactSignature('a')]), 'jsonl'), 'http://x');
  expect([...url.searchParams.keys()].filter((name) => name.startsWith('_facets'))).toEqual([]);
  expect(url.searchParams.get('_format')).toBe('jsonl');
});

test('reads what is there and bears what is not', () => {
  const page = readSearchPage({
    hits: [{ uuid: kId, kind: 'ping', date: '2026-11-22T09:33:29Z', signature: null }, { signature: 'no id' }, {}],
    total: 3,
    weighted: { count: 30.5, low: 10, high: 60 },
    cursor: 'next',
    facets: {
      bucket: [{ term: 'a', count: 2, facets: { platform: [{ term: 'Linux', count: 1 }] } }, {}],
      cardinality_client: { value: 7 }, min_uptime: { value: null },
    },
  });
  expect(page.hits).toHaveLength(1);
  expect(page.hits[0]).toMatchObject({ id: kId, kind: 'ping' });
  expect(page.hits[0]?.values.has('signature')).toBe(false);
  expect(page).toMatchObject({ total: 3, cursor: 'next', weighted: { count: 30.5, low: 10, high: 60 } });
  const buckets = termsOf(page.facets, 'bucket');
  expect(buckets.map(({ term, count }) => [term, count])).toEqual([['a', 2], ['', 0]]);
  expect(termsOf(buckets[0]!.facets, 'platform')[0]?.term).toBe('Linux');
  expect([...page.facets.values]).toEqual([['cardinality_client', 7]]);
  expect(readSearchPage({})).toMatchObject({ hits: [], total: 0, cursor: undefined });
});
