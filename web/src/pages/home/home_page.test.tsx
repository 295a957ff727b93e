import { render } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { readProduct, readWeek, weekDays, type ProductWeek } from '../../api/products';
import { kNoFacets } from '../../api/search_facets';
import { ProductList } from './home_page';
import { ProductView } from './product_page';

const kDays = weekDays(new Date('2026-11-30T12:00:00Z'));
const kWeek = readWeek(
  {
    facets: {
      product: [{ term: 'A&B', count: 12, weighted: { count: 120, low: 100, high: 140 } }],
      histogram_date: [
        { term: '2026-11-29T00:00:00+00:00', count: 12, facets: { product: [{ term: 'A&B', count: 12 }] } },
      ],
    },
  },
  kDays,
);

test('a product has its days, its count, and how many happened', () => {
  const text = render(
    <ProductList week={kWeek} products={[readProduct({ name: 'Quiet', description: 'Never crashes.' })]} />,
  );
  expect(text).toContain('2026-11-29: 12');
  expect(text).toContain('≈ 120');
  expect(text).toContain('href="/home/product/A%26B"');
  expect(text).toContain('Never crashes.');
  expect(text).toContain('no crash');
});

test('where all were kept there is no estimate', () => {
  const week = readWeek(
    { facets: { product: [{ term: 'A', count: 12, weighted: { count: 12, low: 12, high: 12 } }] } },
    kDays,
  );
  expect(render(<ProductList week={week} products={[]} />)).not.toContain('happened');
});

test('a server without a crash says where they go', () => {
  expect(render(<ProductList week={readWeek({}, kDays)} products={[]} />)).toContain('/submit');
});

test('featured versions come first, each with its processes', () => {
  const term = (name: string, count: number) => ({
    term: name,
    count,
    weighted: undefined,
    facets: kNoFacets,
  });
  const week: ProductWeek = {
    week: undefined,
    days: kDays,
    total: 3,
    weighted: undefined,
    versions: [term('1.0', 3)],
    processes: [term('main', 2), term('gpu', 1)],
    signatures: [term('f', 3)],
    kinds: [term('report', 1), term('ping', 2)],
  };
  const text = render(
    <ProductView
      name="A"
      product={readProduct({ name: 'A', versions: ['2.0'], report_days: 30 })}
      week={week}
    />,
  );
  expect(text.indexOf('>2.0')).toBeLessThan(text.indexOf('>1.0'));
  expect(text).toContain('/topcrashers/?product=A&amp;version=2.0&amp;process_type=gpu');
  expect(text).toContain('1 report, 2 pings');
  expect(text).toContain('30 days');
});
