import { render } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { exactSignature, searchPath, type Condition } from '../api/search_query';
import { Reasons, withoutEach } from './nothing_found';

const kProduct: Condition = { field: 'product', operator: '', negated: false, value: 'A' };
const kDate: Condition = { field: 'date', operator: '>=', negated: false, value: '-1d' };

test('each condition is left out in turn, the dates together', () => {
  const candidates = withoutEach([
    kProduct,
    exactSignature('x'),
    kDate,
    { ...kDate, operator: '<', value: 'now' },
  ]);
  expect(candidates.map(({ what }) => what)).toEqual(['Product is A', 'Signature is x', 'the time']);
  expect(candidates[0]?.conditions.map(({ field }) => field)).toEqual(['signature', 'date', 'date']);
  expect(candidates[2]?.conditions.map(({ value }) => value)).toEqual(['A', 'x', '-364d', 'now']);
});

test('values that a field may not have are left out together', () => {
  const not = (value: string): Condition => ({ ...kProduct, negated: true, value });
  const [first, ...rest] = withoutEach([not('A'), exactSignature('x'), not('B')]);
  expect(first?.what).toBe('Product is none of A, B');
  expect(first?.conditions.map(({ field }) => field)).toEqual(['signature']);
  expect(rest).toHaveLength(2);
});

test('the one that emptied the search is named, with what is there without it', () => {
  const counts = withoutEach([kProduct, exactSignature('x')]).map((candidate, index) => ({
    ...candidate,
    total: index === 1 ? 7 : 0,
  }));
  const text = render(<Reasons counts={counts} pathOf={searchPath} />);
  expect(text).toContain('One condition emptied it');
  expect(text).toContain('<a href="/search?product=A">Leave out <b>Signature is x</b></a>: 7 crashes');
  expect(
    render(<Reasons counts={counts} pathOf={searchPath} unit={['comment', 'comments']} />),
  ).toContain(': 7 comments');
  expect(
    render(<Reasons counts={counts.map((one) => ({ ...one, total: 0 }))} pathOf={searchPath} />),
  ).toContain('No single condition');
});
