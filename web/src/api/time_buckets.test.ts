import { expect, test } from 'vitest';
import { kNoFacets } from './search_facets';
import { dateConditions, intervalOf, searchedSpan, timeAxis, valuesOn } from './time_buckets';
import { parseConditions } from './search_query';

const kNow = new Date('2026-11-22T10:30:00Z');
const kNowS = kNow.getTime() / 1000;
const kDayS = 86_400;

function span(query: string): readonly [number, number] {
  const { fromS, toS } = searchedSpan(parseConditions(new URLSearchParams(query)), kNow);
  return [(fromS - kNowS) / kDayS, (toS - kNowS) / kDayS];
}

test.each([
  ['', [-7, 0]],
  ['date=>=-3d', [-3, 0]],
  ['date=>=-12h&date=<now', [-0.5, 0]],
  ['date=>=2026-11-01T10:30:00', [-21, -14]],
  ['date=<2026-11-20T10:30:00', [-9, -2]],
  ['date=>=2026-11-20T10:30:00&date=<2027-01-01', [-2, 0]],
] as const)('%s covers %j days from now', (query, days) => {
  expect(span(query)).toEqual(days);
});

test('buckets fit the time', () => {
  expect(
    [0.05, 1, 3, 7, 90, 300].map((days) => intervalOf({ fromS: kNowS - days * kDayS, toS: kNowS })),
  ).toEqual(['minute', 'hour', 'hour', 'day', 'day', 'week']);
});

test('days without a crash count as none, and weeks begin on Monday', () => {
  const axis = timeAxis({ fromS: kNowS - 3 * kDayS, toS: kNowS }, 'day');
  expect(axis.times.map((time) => new Date(time * 1000).toISOString().slice(5, 10))).toEqual([
    '11-19',
    '11-20',
    '11-21',
    '11-22',
  ]);
  const term = { term: '2026-11-21T00:00:00+00:00', count: 3, weighted: undefined, facets: kNoFacets };
  expect(valuesOn(axis, [term, { ...term, term: '2020-01-01' }, { ...term, term: 'x' }])).toEqual([
    0, 0, 3, 0,
  ]);
  const weeks = timeAxis({ fromS: kNowS, toS: kNowS + kDayS }, 'week');
  expect(new Date((weeks.times[0] ?? 0) * 1000).getUTCDay()).toBe(1);
});

test('a chosen range is whole days, or times', () => {
  expect(
    dateConditions(Date.UTC(2026, 10, 1) / 1000, Date.UTC(2026, 10, 2, 6) / 1000).map(({ value }) => value),
  ).toEqual(['2026-11-01', '2026-11-02T06:00:00']);
});
