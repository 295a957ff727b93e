import { render } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { readBugsBySignature } from '../../api/bugs_of_signatures';
import { parseTopQuery, readTop } from '../../api/top_crashers';
import { marksOf, topColumns } from './columns';
import { readProduct } from '../../api/products';
import { featuredVersion, Ranking } from './top_crashers_page';

const kRow = {
  signature: 'crashy::Paint',
  rank: 2,
  previous_rank: 9,
  count: 120,
  percent: 12.34,
  previous_percent: 2.3,
  weighted: { count: 1234.5, low: 1100, high: 1399 },
  installations: 80,
  first_date: '2026-11-02T10:00:00Z',
  first_build: '20261101',
  platforms: { Windows: 100, Linux: 20 },
  process_types: { gpu: 120 },
  startup: 0,
  first_minute: 70,
  is_gc: 3,
};

function html(rows: object[], search = 'product=Crashy&days=3'): string {
  const top = readTop({
    total: 1000,
    covered: 120,
    rows,
    from: '2026-11-19T00:00:00Z',
    to: '2026-11-22T00:00:00Z',
    weighted: { count: 10_000, low: 9_000, high: 11_000 },
  });
  return render(
    <Ranking query={parseTopQuery(new URLSearchParams(search))} top={top} navigate={() => undefined} />,
  );
}

test('a row says how many, where, since when and how that changed', () => {
  const text = html([kRow]);
  expect(text).toContain('120 of 1,000 crashes (12 %)');
  expect(text).toContain('aria-label="7 places up: was 9"');
  expect(text).toContain('+10.0');
  expect(text).toContain('1,230 <small class="quiet">1,100–1,400</small>');
  expect(text).toContain('title="In the build 20261101">2026-11-02</time>');
});

test('bugs stand beside their signature, those that are done struck through', () => {
  const bugs = readBugsBySignature({
    hits: [
      { signature: 'crashy::Paint', id: 12, url: 'https://bugs.example/12', status: 'RESOLVED' },
      { signature: 'crashy::Paint', id: 13, url: 'https://bugs.example/13', status: 'NEW' },
    ],
  });
  const [row] = readTop({ rows: [kRow] }).rows;
  const column = topColumns(parseTopQuery(new URLSearchParams()), bugs).find(({ name }) => name === 'bugs');
  const text = render(<>{column!.cell(row!)}</>);
  expect(text).toContain('<s>12</s>');
  expect(text).toContain('>13</a>');
  expect(column!.value!(row!)).toBe('12 13');
});

test('numbers lead to their crashes, the signature to its page, in the same time', () => {
  const text = html([kRow]).replaceAll('&amp;', '&');
  expect(text).toContain(
    'href="/search?product=Crashy&date=%3E%3D-3d&date=%3Cnow&platform=Windows&signature=%3Dcrashy%3A%3APaint"',
  );
  expect(text).toContain(
    'href="/signature/?signature=crashy%3A%3APaint&product=Crashy&date=%3E%3D-3d&date=%3Cnow"',
  );
});

test('titles are links that sort, and the address holds the order', () => {
  const text = html([kRow, { ...kRow, signature: 'b', count: 500, rank: 1 }], '_order=-count').replaceAll(
    '&amp;',
    '&',
  );
  expect(text).toContain('href="/topcrashers/?_order=count"');
  expect(text.indexOf('title="b"')).toBeLessThan(text.indexOf('title="crashy::Paint"'));
});

test('a signature that is new says so, and one of which nothing is known is borne', () => {
  expect(html([{ signature: 'a', rank: 1, count: 1 }])).toContain('class="move new"');
  expect(html([{}])).toContain('no signature');
});

test('marks say what all of the crashes share', () => {
  const [row] = readTop({ rows: [kRow] }).rows;
  expect(row && marksOf(row).map(({ text }) => text)).toEqual(['startup?', 'gpu']);
  const [other] = readTop({ rows: [{ ...kRow, signature: 'shutdownhang | x', startup: 120 }] }).rows;
  expect(other && marksOf(other).map(({ text }) => text)).toEqual(['startup', 'hang', 'gpu']);
});

test('without a version the address means the first featured one', () => {
  const products = [readProduct({ name: 'A', versions: ['2.0', '1.0'] }), readProduct({ name: 'B' })];
  const of = (search: string) => featuredVersion(parseTopQuery(new URLSearchParams(search)), products);
  expect(of('product=A')).toBe('2.0');
  expect(of('product=A&version=')).toBe('2.0');
  for (const search of ['product=A&version=any', 'product=A&version=1.0', 'product=B', 'product=A&product=B', ''])
    expect(of(search)).toBeUndefined();
});
