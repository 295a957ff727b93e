import { expect, test } from 'vitest';
import { innerCounts } from './inner_counts';
import { searchApiPath } from './search';
import { readFacets } from './search_facets';
import { parseSearchParameters, queryPath } from './search_query';

test('counts within counts become tables, each row with all of its terms', () => {
  const facets = readFacets({
    product: [
      { term: 'A', count: 5, facets: { version: [{ term: '1', count: 3, facets: { cardinality_client: { value: 2 } } }] } },
      { term: 'B', count: 1 },
    ],
    histogram_date: [{ term: '2026-11-29', count: 6 }],
    cardinality_install_time: { value: 4 },
  });
  const tables = innerCounts(facets, (name) => name === 'product').map(({ title, terms, areCounts }) => [
    title,
    terms.map(({ term, count }) => `${term}: ${count}`),
    areCounts,
  ]);
  expect(tables).toEqual([
    ['distinct: Install time', [': 4'], false],
    ['Product / Version', ['A / 1: 3'], true],
    ['Product / Version / distinct: Client', ['A / 1: 2'], false],
    ['Date', ['2026-11-29: 6'], true],
  ]);
});

test('an address keeps them, and the server is asked for them', () => {
  const search = '_facets=version&_aggs.product=version&_histogram.date=product&_histogram_interval.date=hour&_facets=_cardinality.client&_facets=product.version';
  const query = parseSearchParameters(new URLSearchParams(search));
  expect(query.facets).toEqual(['version']);
  expect(parseSearchParameters(new URL(queryPath(query), 'http://x').searchParams)).toEqual(query);
  const asked = new URL(searchApiPath(query), 'http://x').searchParams;
  expect(asked.get('_aggs.product')).toBe('version');
  expect(asked.get('_histogram_interval.date')).toBe('hour');
  expect(asked.getAll('_facets')).toEqual(['version', '_cardinality.client', 'product.version']);
});
