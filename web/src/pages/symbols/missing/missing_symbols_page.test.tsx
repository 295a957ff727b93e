import { render } from 'preact-render-to-string';
import { expect, test } from 'vitest';
import { parseMissingQuery } from '../../../api/missing_query';
import { readHealing } from '../../../api/healing';
import { readMissingPage } from '../../../api/missing_symbols';
import { dayRangesAt, Filters } from './filters';
import { healingWords } from '../healing_line';
import { MissingList, UploadHint } from './missing_symbols_page';

const kHit = {
  debug_file: 'x.pdb', debug_id: '5AB3CD0000000000000000000000000F0', code_file: 'x.dll', code_id: 'cd5ab3',
  first_day: '2026-11-01', last_day: '2026-11-22', crashes: 7, clients: 12, symbolications: 3, downloads: 0,
};

function html(answer: Parameters<typeof readMissingPage>[0], search = ''): string {
  return render(<MissingList query={parseMissingQuery(new URLSearchParams(search))} found={readMissingPage(answer)} />);
}

test('a row names both files, and its id is short but whole for those who copy it', () => {
  const text = html({ hits: [kHit], total: 1 });
  expect(text).toContain('x.pdb');
  expect(text).toContain('x.dll');
  expect(text).toContain('title="Copy 5AB3CD0000000000000000000000000F0">5AB3CD000000…</button>');
  expect(html({ hits: [{ ...kHit, code_file: 'x.pdb' }] }).match(/x\.pdb<\/bdi>/g)).toHaveLength(1);
});

test('estimates say so, and few clients are not taken for none', () => {
  const { clients: _, ...few } = { ...kHit, crashes: 1204 };
  const text = html({ hits: [few] });
  expect(text).toContain('≈ 1,204');
  expect(text).toContain('&lt; 10');
  expect(html({ hits: [kHit] })).not.toContain('≈');
});

test('the sorted column says so, and its title turns the rows round', () => {
  expect(html({ hits: [kHit] }).match(/aria-sort="descending"><a href="([^"]*)">Crashes/)?.[1]).toBe('/symbols/missing?sort=crashes');
  const text = html({ hits: [{ ...kHit, debug_file: 'b' }, { ...kHit, debug_file: 'a' }] }, 'sort=file');
  expect(text.match(/aria-sort=/g)).toHaveLength(1);
  expect(text).toMatch(/aria-sort="ascending"><a href="\/symbols\/missing\?sort=-file">File/);
  expect(text.indexOf('>a</bdi>')).toBeLessThan(text.indexOf('>b</bdi>'));
});

test('an order of one page of many says that it is', () => {
  expect(html({ hits: [kHit], total: 900 }, 'sort=file')).toContain('Sorted within this page');
  expect(html({ hits: [kHit], total: 900 })).not.toContain('Sorted within this page');
  expect(html({ hits: [kHit], total: 1 }, 'sort=file')).not.toContain('Sorted within this page');
});

test('an empty list says what emptied it', () => {
  expect(html({})).toContain('No module is missing symbols');
  expect(html({}, 'file=nope')).toContain('“<bdi class="mono">nope</bdi>”');
  expect(html({}, 'date=%3E%3D2026-11-20')).toContain('was missed from 2026-11-20');
  expect(html({ hits: [], total: 7 }, '_results_offset=400')).toContain('The list ends before this page');
});

test('names are text, never markup', () => {
  expect(html({ hits: [{ ...kHit, debug_file: '<script>x</script>' }] })).not.toContain('<script>');
});

test('the command names this server', () => {
  expect(render(<UploadHint origin="http://crash.example" />)).toContain('cairn symbols upload --url http://crash.example --token TOKEN DIR');
});

const kNow = new Date('2026-11-22T23:59:58Z');

function filters(search: string): string {
  return render(<Filters query={parseMissingQuery(new URLSearchParams(search))} now={kNow} navigate={() => undefined}>2 modules</Filters>);
}

test('today is the last of the days', () => {
  expect(dayRangesAt(kNow).map(({ dates }) => dates)).toEqual([['>=2026-11-16'], ['>=2026-10-26'], []]);
});

test('the days that are shown are marked, and those of an older link are told', () => {
  expect(filters('')).toMatch(/aria-current="true">90 days/);
  expect(filters('file=a&date=%3E%3D2026-11-16')).toMatch(/aria-current="true">7 days/);
  const other = filters('date=%3E%3D2026-11-01&date=%3C2026-11-08');
  expect(other).toContain('from 2026-11-01, before 2026-11-08');
  expect(other).not.toContain('aria-current');
});

test('days, name and CSV file keep each other', () => {
  const text = filters('file=a&date=%3E%3D2026-11-01&sort=file');
  expect(text).toContain('href="/symbols/missing?file=a&amp;date=%3E%3D2026-11-16&amp;sort=file"');
  expect(text).toContain('href="/missingsymbols.csv?file=a&amp;date=%3E%3D2026-11-01"');
  expect(text).toContain('href="/symbols/missing?date=%3E%3D2026-11-01&amp;sort=file"');
  expect(text).toContain('>Clear</a>');
  expect(filters('')).not.toContain('>Clear</a>');
});

test('healing is told in a line, and only what there is', () => {
  expect(healingWords(readHealing({}))).toBe('');
  expect(healingWords(readHealing({ waiting: 1, now: { debug_file: 'libx.so', progress: { addresses: 2000, named: 1 } } })))
    .toBe('Naming by libx.so: 1 address of 2,000 named.');
  expect(healingWords(readHealing({ waiting: 3, now: { debug_file: 'libx.so', is_again: true, progress: { addresses: 9, named: 8, inputs: 7, changed: 6 } } })))
    .toBe('A second look with libx.so: 8 addresses of 9 named, 7 stacks signed again, 6 changed. 2 symbol files wait for a first or second look.');
  expect(healingWords(readHealing({ waiting: 1, followed: 0, addresses_named: 40, signatures_changed: 5, failed: 1 })))
    .toBe('Since the server started, late symbols named 40 addresses and changed 5 signatures. '
      + '1 symbol file waits for a first or second look. 1 try failed, to be made again.');
});
