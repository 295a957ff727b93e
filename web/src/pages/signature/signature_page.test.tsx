import { render } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { parseSignatureQuery, readCorrelations, signaturePath, type SignatureTab } from '../../api/signature';
import { readFacets, termsOf } from '../../api/search_facets';
import { exactSignature, exactTerm } from '../../api/search_query';
import { CorrelationTable } from './correlations';
import { besideEachOther, HiddenPings } from './pings';
import { uptimeRanges } from './summary';
import { emptied, type TabProps } from './tab_props';

function props(search: string): TabProps {
  const parameters = new URLSearchParams(search);
  const query = parseSignatureQuery(parameters);
  const conditions = [
    { field: 'signature', operator: '=' as const, negated: false, value: query.signature },
    ...query.conditions,
  ];
  return {
    query,
    conditions,
    parameters,
    navigate: () => undefined,
    pathOf: (change) =>
      signaturePath(change.conditions ?? conditions, change.tab ?? query.tab, change.more ?? []),
  };
}

test.each<[string, string, SignatureTab]>([
  ['signature=a%20%7C%20b&product=X', '/signature/?signature=a+%7C+b&product=X', 'summary'],
  ['signature=%3Da&tab=graphs&date=%3E%3D-3d', '/signature/?signature=a&date=%3E%3D-3d&tab=graphs', 'graphs'],
  ['signature=a&tab=nonsense', '/signature/?signature=a', 'summary'],
])('the address %s', (search, path, tab) => {
  const { query, conditions } = props(search);
  expect(query.tab).toBe(tab);
  expect(signaturePath(conditions, query.tab)).toBe(path);
});

test('the tab of an address of Crash Stats is found', () => {
  expect(parseSignatureQuery(new URLSearchParams('signature=a'), '#bugzilla').tab).toBe('bugs');
  expect(parseSignatureQuery(new URLSearchParams('signature=a&tab=graphs'), '#reports').tab).toBe('graphs');
});

test('a signature that begins like an operator is one', () => {
  expect(signaturePath([{ field: 'signature', operator: '=', negated: false, value: '~Foo::~Foo' }])).toBe(
    '/signature/?signature=%7EFoo%3A%3A%7EFoo',
  );
  expect(props('signature=~Foo').query.signature).toBe('~Foo');
});

test('who sees pings of one product gets to them from the search of all', () => {
  const search = props('signature=a&product=Viewer&version=1');
  expect(render(<HiddenPings products={['Editor']} {...search} />)).toContain(
    'href="/signature/?signature=a&amp;version=1&amp;product=Editor"',
  );
  expect(render(<HiddenPings products={[]} {...search} />)).not.toContain('<a');
});

test('correlations show both shares and the interval of their difference', () => {
  const found = readCorrelations({
    signature_total: 40,
    other_total: 4000,
    rows: [
      {
        field: 'platform',
        term: 'Linux',
        in_signature: 38,
        percent: 95,
        other_percent: 20.4,
        difference: 74.6,
        low: 68,
        high: 81,
      },
      { field: 'module_in_stack', term: 'libx.so' },
      {},
    ],
  });
  const text = render(<CorrelationTable found={found} {...props('signature=a')} />);
  expect(text).toContain('40 crashes');
  expect(text).toContain('+75 <small class="quiet">(+68 to +81)</small>');
  expect(text).toContain('href="/signature/?signature=a&amp;platform=Linux"');
  expect(text).toContain('href="/signature/?signature=a&amp;stack%28crashing%29=module%3A%22libx.so%22"');
});

test('uptimes fall into five ranges', () => {
  const { terms } = readFacets({
    histogram_uptime: [
      { term: 0, count: 3 },
      { term: 60, count: 1 },
      { term: 240, count: 1 },
      { term: 3600, count: 7 },
    ],
  });
  expect(uptimeRanges(terms.get('histogram_uptime') ?? []).map(({ count }) => count)).toEqual([
    3, 2, 0, 0, 7,
  ]);
});

test('pings and reports stand beside each other, also where one has none', () => {
  const facets = readFacets({
    ping: [{ term: 'Linux', count: 5 }],
    report: [
      { term: 'Mac', count: 1 },
      { term: 'Linux', count: 2 },
    ],
  });
  const rows = besideEachOther(termsOf(facets, 'ping'), termsOf(facets, 'report'));
  expect(rows.map(({ term, pings, reports }) => [term, pings?.count, reports?.count])).toEqual([
    ['Linux', 5, 2],
    ['Mac', undefined, 1],
  ]);
});

test('of what emptied a tab the signature is no part, and stays in the way out', () => {
  const query = { signature: 'a::b', conditions: [exactTerm('product', 'P')], tab: 'comments' as const };
  const { always, conditions, pathOf } = emptied(query, ({ conditions: all = [] }) => signaturePath(all, 'comments'));
  expect(always).toEqual([exactSignature('a::b')]);
  expect(conditions).toEqual(query.conditions);
  expect(pathOf([])).toBe('/signature/?signature=a%3A%3Ab&tab=comments');
});

test('a signature that begins with an operator keeps it', () => {
  const path = signaturePath([exactSignature('=odd')]);
  expect(parseSignatureQuery(new URL(path, 'http://x').searchParams).signature).toBe('=odd');
  expect(parseSignatureQuery(new URLSearchParams('signature==plain')).signature).toBe('plain');
});
