import { expect, test } from 'vitest';
import { readSearchPage, searchApiPath } from './search';
import { exactSignature } from './search_query';

const kId = '0b5e2a10-7c3d-4e5f-8a9b-0c1d2e261122';

test('asks for the newest crashes first, with columns and the facet', () => {
  const url = new URL(searchApiPath({ conditions: [exactSignature('a')], page: 1 }), 'http://x');
  expect(url.pathname).toBe('/api/SuperSearch/');
  expect(url.searchParams.get('signature')).toBe('=a');
  expect(url.searchParams.getAll('_columns')).toContain('release_channel');
  expect(url.searchParams.get('_sort')).toBe('-date');
  expect(url.searchParams.get('_results_offset')).toBe('50');
  expect(url.searchParams.get('_facets')).toBe('bucket');
});

test('reads what is there and bears what is not', () => {
  const page = readSearchPage({
    hits: [{ uuid: kId, kind: 'ping', date: '2026-11-22T09:33:29Z', signature: null }, { signature: 'no id' }, {}],
    total: 3,
    facets: { bucket: [{ term: 'a', count: 2 }, {}] },
  });
  expect(page.hits).toHaveLength(1);
  expect(page.hits[0]).toMatchObject({ id: kId, kind: 'ping', signature: undefined, product: undefined });
  expect(page.total).toBe(3);
  expect(page.buckets).toMatchObject([{ term: 'a', count: 2 }, { term: '', count: 0 }]);
  expect(readSearchPage({})).toEqual({ hits: [], total: 0, buckets: [] });
});
