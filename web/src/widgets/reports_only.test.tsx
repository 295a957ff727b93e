import { render } from 'preact-render-to-string';
import { afterEach, expect, test } from 'vitest';
import { kNobody, readMe } from '../api/me';
import type { Condition } from '../api/search_query';
import { ReportsOnly } from './reports_only';
import { setMe } from './use_me';

const kEditor: Condition = { field: 'product', operator: '', negated: false, value: 'Editor' };

afterEach(() => setMe(kNobody));

test('who sees pings of single products is told which, where they are not counted', () => {
  setMe(readMe({ name: 'ann', grants: { Editor: ['view_pings'], Viewer: ['view_pii'] } }));
  const text = render(<ReportsOnly conditions={[]} />);
  expect(text).toContain('Reports only');
  expect(text).toContain('href="/home/product/Editor"');
  expect(text).not.toContain('Viewer');
  expect(render(<ReportsOnly conditions={[kEditor]} />)).toBe('');
});

test('of hundreds of grants a few are named', () => {
  const grants = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`P${index}`, ['view_pings']]));
  setMe(readMe({ name: 'ann', grants }));
  const text = render(<ReportsOnly conditions={[]} />);
  expect(text.match(/<a /g)).toHaveLength(6);
  expect(text).toContain('and 34 more');
});

test('who sees none is told of none', () => {
  setMe(readMe({ name: null }));
  expect(render(<ReportsOnly conditions={[kEditor]} />)).not.toContain('single products');
});
