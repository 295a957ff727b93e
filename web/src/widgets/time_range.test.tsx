import { render } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { parseConditions, searchPath } from '../api/search_query';
import { rangesAt, TimeRange } from './time_range';

const kNow = new Date('2026-11-22T10:59:58Z');

function html(search: string, now = kNow): string {
  return render(
    <TimeRange conditions={parseConditions(new URLSearchParams(search))} pathOf={searchPath} now={now} />,
  );
}

test('a range keeps the other conditions and replaces the dates', () => {
  const text = html('product=Crashy&date=%3E%3D2026-01-01');
  expect(text).toContain('href="/search?product=Crashy&amp;date=%3E%3D2026-11-21T10%3A00%3A00"');
  expect(text).toContain('href="/search?product=Crashy"');
  expect(text).toContain('href="/search?product=Crashy&amp;date=%3E%3D2026-10-23&amp;date=%3C2026-11-23"');
  expect(text).not.toContain('aria-current');
});

test('the range that is searched is marked, also a while later', () => {
  expect(html('')).toMatch(/aria-current="true">7 days/);
  expect(html('date=%3E%3D2026-11-21T10:00:00')).toMatch(/aria-current="true">24 h/);
  expect(html('date=%3E%3D2026-10-23&date=%3C2026-11-23', new Date('2026-11-22T23:59:59Z'))).toMatch(
    /aria-current="true">30 days/,
  );
});

test('30 days are not the 7 days from their beginning', () => {
  expect(rangesAt(kNow)[2]?.conditions.map(({ operator }) => operator)).toEqual(['>=', '<']);
});

test('a range that is none of the choices is written out', () => {
  expect(html('date=%3E%3D2026-11-01T00:00:00&date=%3C2026-11-02T10:30:00')).toContain(
    '2026-11-01 – 2026-11-02 10:30',
  );
  expect(html('date=%3E%3D-3d')).toContain('-3d – …');
});
