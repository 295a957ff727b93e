import { render } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { readSearchPage } from '../../api/search';
import { learnFields, readFields } from '../../api/search_fields';
import { parseSearchParameters, queryPath } from '../../api/search_query';
import { crashColumns } from '../../widgets/crash_columns';
import { DataTable } from '../../widgets/data_table';
import { Paging } from '../../widgets/paging';
import { Facets } from './facets';
import { choicesOf } from './query_form';

const kId = '0b5e2a10-7c3d-4e5f-8a9b-0c1d2e261122';
const kAnswer = {
  hits: [
    {
      uuid: kId,
      kind: 'report' as const,
      date: '2026-11-22T09:33:29Z',
      signature: 'a::b',
      product: 'A&B',
      uptime: 12345,
    },
  ],
  total: 120,
  cursor: 'next one',
  facets: {
    bucket: [{ term: 'a::b', count: 100, weighted: { count: 1000, low: 800, high: 1200 } }],
    startup_crash: [{ term: 'F', count: 20 }],
  },
};

function parse(search: string) {
  return parseSearchParameters(new URLSearchParams(search));
}

learnFields(
  readFields({
    uptime: {
      name: 'uptime',
      data_validation_type: 'int',
      query_type: 'integer',
      description: 'Seconds since the start.',
      is_exposed: true,
      is_returned: true,
    },
    startup_crash: { name: 'startup_crash', data_validation_type: 'bool', is_returned: true },
    _odd: { name: '_odd' },
    hidden: { name: 'hidden', is_exposed: false },
    nameless: {},
  }),
);

test('columns are fields; their titles sort, and their cells narrow', () => {
  const query = parse('_columns=signature&_columns=uptime&_sort=-uptime&product=A');
  const pathOf = (change: object): string => queryPath(query, change);
  const text = render(
    <DataTable
      caption="x"
      name="crashes"
      columns={crashColumns(query, pathOf)}
      rows={readSearchPage(kAnswer).hits}
      rowKey={({ id }) => id}
    />,
  ).replaceAll('&amp;', '&');
  expect(text).toContain(
    'title="Seconds since the start." aria-sort="descending"><a href="/search?product=A&_columns=signature&_columns=uptime&_sort=uptime">Uptime</a>',
  );
  expect(text).toContain('<td role="cell" class="col-uptime number" data-column="uptime"');
  const narrowing = crashColumns(query, pathOf)[0]?.narrowing?.(readSearchPage(kAnswer).hits[0]!);
  expect(narrowing).toMatchObject({
    what: 'signature is a::b',
    filterHref: '/search?product=A&signature=%3Da%3A%3Ab&_columns=signature&_columns=uptime&_sort=-uptime',
    excludeHref:
      '/search?product=A&signature=%21%3Da%3A%3Ab&_columns=signature&_columns=uptime&_sort=-uptime',
  });
});

test('facets rank, count, estimate and narrow; true and false are words', () => {
  const query = parse('_facets=bucket&_facets=startup_crash&_weights=true');
  const text = render(
    <Facets query={query} found={readSearchPage(kAnswer)} navigate={() => undefined} />,
  ).replaceAll('&amp;', '&');
  expect(text).toContain('<td role="cell" class="rank">1</td>');
  expect(text).toContain('≈ 1,000 <span class="quiet">(800–1,200)</span>');
  expect(text).toContain('83 %');
  expect(text).toContain(
    'href="/search?startup_crash=%21__true__&_facets=bucket&_facets=startup_crash&_weights=true" title="F"',
  );
  expect(text).toContain('>false<');
});

test('pages follow the cursor, and the offset where there is none', () => {
  const query = parse('product=A');
  const page = (answer: object): string =>
    render(
      <Paging query={query} found={readSearchPage(answer)} pathOf={(change) => queryPath(query, change)} />,
    ).replaceAll('&amp;', '&');
  expect(page(kAnswer)).toContain('href="/search?product=A&_page=1&_cursor=next+one"');
  const hits = Array.from({ length: 50 }, (_, index) => ({ uuid: kId.slice(0, -2) + String(10 + index) }));
  expect(page({ hits, total: 120 })).toContain('href="/search?product=A&_page=1"');
  expect(page({ hits, total: 50 })).not.toContain('Next ›</a>');
});

test('each kind of field has its operators', () => {
  expect(choicesOf('flag').map(({ text }) => text)).toEqual([
    'is true',
    'is not true',
    'is absent',
    'is there',
  ]);
  expect(choicesOf('time').map(({ id }) => id)).toEqual(['>=', '<', '<=', '>']);
  expect(choicesOf('text').map(({ text }) => text)).toContain('does not contain');
});
