import { expect, test } from 'vitest';
import { datedConditions, hasOtherProcesses, parseTopQuery, readTop, topApiPath, topCommand, topPath } from './top_crashers';

function query(text: string) {
  return parseTopQuery(new URLSearchParams(text));
}

test('an address of Crash Stats is understood', () => {
  const found = query(
    'product=Editor&version=1.2&days=14&platform=Windows&_tcbs_mode=realtime&_range_type=report&process_type=any&_facets_size=200',
  );
  expect(found).toMatchObject({ days: 14, count: 200, order: undefined });
  expect(found.conditions.map(({ field, value }) => [field, value])).toEqual([
    ['product', 'Editor'],
    ['version', '1.2'],
    ['platform', 'Windows'],
  ]);
});

test.each(['', 'product=A&days=3&count=100&_order=-installations', 'version=1&version=2'])(
  'the address %s is its own',
  (text) => {
    expect(topPath(query(text))).toBe(text === '' ? '/topcrashers/' : `/topcrashers/?${text}`);
  },
);

test('dates take the place of days, until days are chosen', () => {
  const dated = query('product=A&date=>=2026-11-01&days=3');
  expect(new URL(topApiPath(dated), 'http://x').searchParams.getAll('date')).toEqual(['>=2026-11-01']);
  expect(topPath(dated, { days: 14 })).toBe('/topcrashers/?product=A&days=14');
  expect(topPath(dated, { count: 100 })).toContain('date=%3E%3D2026-11-01');
});

test('odd numbers are the usual ones', () => {
  expect(query('days=0&count=x')).toMatchObject({ days: 7, count: 50 });
  expect(query('days=9999')).toMatchObject({ days: 182 });
});

test('crashes or hangs alone, as an address of Crash Stats says it', () => {
  const hangs = query('product=A&_report_type=hang');
  expect(new URL(topApiPath(hangs), 'http://x').searchParams.getAll('report_type')).toEqual(['hang']);
  expect(topPath(hangs)).toBe('/topcrashers/?product=A&report_type=hang');
  expect(query('_report_type=any').conditions).toEqual([]);
  expect(query('_report_type=hang&report_type=crash').conditions.map(({ value }) => value)).toEqual(['crash']);
});

test('without a word about processes or reports all are counted', () => {
  expect(query('product=A').conditions.map(({ field }) => field)).toEqual(['product']);
});

test('whole days end at the last midnight, and give way to dates', () => {
  const now = new Date('2026-11-30T12:00:00Z');
  const whole = query('product=A&days=3&_tcbs_mode=byday');
  expect(new URL(topApiPath(whole, now), 'http://x').searchParams.getAll('date')).toEqual(['>=2026-11-27', '<2026-11-30']);
  expect(topPath(whole)).toBe('/topcrashers/?product=A&days=3&_tcbs_mode=byday');
  expect(topPath(whole, { areWhole: false })).toBe('/topcrashers/?product=A&days=3');
  const week = datedConditions(query('_tcbs_mode=byday&_range_type=build'), now);
  expect(week.map(({ value }) => value)).toEqual(['2026-11-23', '2026-11-30', '20261123000000']);
  const dated = query('date=>=2026-11-01&_tcbs_mode=byday');
  expect(topPath(dated)).toBe('/topcrashers/?date=%3E%3D2026-11-01');
  expect(topPath(dated, { areWhole: true })).toBe('/topcrashers/?_tcbs_mode=byday');
});

test('the server is asked for the days until now', () => {
  const url = new URL(topApiPath(query('product=A&days=28')), 'http://x');
  expect(url.searchParams.getAll('date')).toEqual(['>=-28d', '<now']);
  expect(new URL(topApiPath(query('')), 'http://x').searchParams.has('date')).toBe(false);
});

test('reads what is there and bears what is not', () => {
  const top = readTop({
    total: 10,
    rows: [
      {
        signature: 'a',
        rank: 1,
        previous_rank: 4,
        count: 6,
        percent: 60,
        previous_percent: 20,
        platforms: { Windows: 5, Linux: 1 },
      },
      {},
    ],
  });
  expect(top.covered).toBe(6);
  expect(top.rows[0]).toMatchObject({ signature: 'a', previousRank: 4, installations: undefined });
  expect(top.rows[0]?.platforms.get('Linux')).toBe(1);
  expect(top.rows[1]).toMatchObject({ signature: '', rank: 2, count: 0, previousRank: undefined });
});

test('the command has the period and the number of rows', () => {
  const query = parseTopQuery(new URLSearchParams('product=A&days=28&count=100&_order=-count'));
  expect(topCommand(query, 'http://c')).toBe(
    "cairn facet --url http://c 'product=A&date=>=-28d&date=<now' --facets signature --size 100",
  );
});

test('other processes are those that have no name here, and one word in the address', () => {
  const other = query('product=A&process_type=other');
  expect(new URL(topApiPath(other), 'http://x').searchParams.getAll('process_type')).toContain('!content');
  expect(topPath(other)).toBe('/topcrashers/?product=A&process_type=other');
  expect(hasOtherProcesses(other.conditions)).toBe(true);
  expect(hasOtherProcesses(query('process_type=!gpu').conditions)).toBe(false);
});

test('the time may be that of builds', () => {
  const builds = query('product=A&days=14&_range_type=build');
  expect(topPath(builds)).toBe('/topcrashers/?product=A&_range_type=build&days=14');
  expect(topApiPath(builds)).toContain('_range_type=build');
  const now = new Date('2026-11-30T12:00:00Z');
  const bound = (text: string): string | undefined =>
    datedConditions(query(text), now).find(({ field }) => field === 'build_id')?.value;
  expect(bound('days=14&_range_type=build')).toBe('20261116120000');
  expect(bound('date=>=2026-11-01&_range_type=build')).toBe('20261101000000');
  expect(bound('days=14')).toBeUndefined();
});

test('all versions are asked for by a word', () => {
  expect(query('product=A&version=any')).toMatchObject({ hasAllVersions: true });
  expect(topPath(query('product=A&version=any'))).toBe('/topcrashers/?product=A&version=any');
  expect(topPath(query('product=A'))).toBe('/topcrashers/?product=A');
});
