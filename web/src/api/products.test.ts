import { afterEach, expect, test, vi } from 'vitest';
import { askProductWeek, readProduct, readWeek, weekDays } from './products';

const kDays = weekDays(new Date('2026-11-30T23:16:00Z'));

afterEach(() => vi.unstubAllGlobals());

test('a week has seven days, the last of them today', () => {
  expect(kDays.map((day) => day.toISOString().slice(0, 10))).toEqual(
    ['24', '25', '26', '27', '28', '29', '30'].map((day) => `2026-11-${day}`),
  );
});

test('days without a crash are 0, and a server without days says nothing of them', () => {
  const product = [
    { term: 'A', count: 5, weighted: { count: 50, low: 40, high: 60 } },
    { term: 'B', count: 1 },
  ];
  const histogram_date = [
    { term: '2026-11-24T00:00:00+00:00', count: 3, facets: { product: [{ term: 'A', count: 3 }] } },
    {
      term: '2026-11-30T00:00:00+00:00',
      count: 3,
      facets: {
        product: [
          { term: 'A', count: 2 },
          { term: 'B', count: 1 },
        ],
      },
    },
  ];
  expect(readWeek({ facets: { product, histogram_date } }, kDays).products).toMatchObject([
    { name: 'A', count: 5, weighted: { low: 40 }, days: [3, 0, 0, 0, 0, 0, 2] },
    { name: 'B', days: [0, 0, 0, 0, 0, 0, 1] },
  ]);
  expect(readWeek({ facets: { product } }, kDays).products[0]).toMatchObject({ count: 5, days: undefined });
});

test('a server that refuses histograms is asked without', async () => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path);
    if (path.includes('_histogram'))
      return new Response('{"error":"There is no parameter"}', { status: 400 });
    return new Response(
      '{"total":2,"facets":{"product":[{"term":"A","count":2}],"version":[{"term":"1","count":2}]}}',
    );
  });
  expect(await askProductWeek('A', new AbortController().signal)).toMatchObject({
    ok: true,
    value: { total: 2, versions: [{ term: '1' }] },
  });
  expect(asked).toHaveLength(2);
});

test('what leads nowhere safe is no link', () => {
  const links = ['https://a.example', '/search', '//a.example', 'javascript:alert(1)'].map((url) => ({
    label: url,
    url,
  }));
  expect(readProduct({ name: 'A', links }).links.map(({ url }) => url)).toEqual([
    'https://a.example',
    '/search',
  ]);
  expect(readProduct({})).toMatchObject({ name: '', crashes: 'public', versions: [] });
});
