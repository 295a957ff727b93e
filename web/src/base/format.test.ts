import { describe, expect, test } from 'vitest';
import { countOf, formatAge, formatBytes, formatCount, formatDuration, formatTime, joinPresent, parseTime, shortSourcePath } from './format';

describe('times', () => {
  test.each([
    ['2026-11-22T09:33:29Z', '2026-11-22 09:33:29'],
    ['2026-11-22T09:33:29.123456+00:00', '2026-11-22 09:33:29'],
    ['2026-11-22T10:33:29+01:00', '2026-11-22 09:33:29'],
    ['2026-11-22T09:33:29', '2026-11-22 09:33:29'],
    ['2026-11-22 09:33:29', '2026-11-22 09:33:29'],
    ['2026-11-22', '2026-11-22 00:00:00'],
  ])('%s is written in UTC', (text, written) => {
    const time = parseTime(text);
    expect(time && formatTime(time)).toBe(written);
  });
  test.each(['', 'yesterday', 7, null])('%j is no time', (value) => {
    expect(parseTime(value)).toBeUndefined();
  });
  test.each([
    [0, 'just now'], [-5_000, 'just now'], [61_000, '1 min ago'], [3_600_000, '1 h ago'],
    [86_400_000, '1 day ago'], [3 * 86_400_000, '3 days ago'],
  ])('%d ms ago is %j', (age, words) => {
    const now = new Date('2026-11-22T09:33:29Z');
    expect(formatAge(new Date(now.getTime() - age), now)).toBe(words);
  });
});

test('counts agree with their noun', () => {
  expect(countOf(1, 'crash', 'crashes')).toBe('1 crash');
  expect(countOf(12345, 'crash', 'crashes')).toBe('12,345 crashes');
});

test('counts are written as Intl writes them', () => {
  const intl = new Intl.NumberFormat('en');
  for (const count of [0, 7, 999, 1000, 12_345, 999_999, 1_234_567, -1, -999, -1000, -123_456, 0.5, 1.25, 2000.0625, 1234.5, 0.0004, 2 ** 53]) {
    expect(formatCount(count)).toBe(intl.format(count));
  }
});

test('absent parts leave no gap', () => {
  expect(joinPresent(['Crashy', undefined, '', 'beta'])).toBe('Crashy beta');
});

test.each([
  ['/build/a/b/src/engine/shape.cc', 'src/engine/shape.cc'],
  ['C:\\build\\src\\shape.cc', 'build/src/shape.cc'],
  ['git:github.com/o/r:src/shape.cc:1a2b3c', 'src/shape.cc'],
  ['shape.cc', 'shape.cc'],
])('%s is shown as %s', (path, shown) => {
  expect(shortSourcePath(path)).toBe(shown);
});

test.each([
  [0, '0 bytes'], [1, '1 byte'], [1023, '1,023 bytes'], [1024, '1.0 KiB'], [10_189, '10 KiB'], [1_022_976, '999 KiB'], [1_023_488, '1.0 MiB'],
  [5 * 2 ** 30, '5.0 GiB'], [3000 * 2 ** 40, '3,000 TiB'],
])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test.each([[0, '0 s'], [0.06, '0.06 s'], [59, '59 s'], [60, '1 min'], [125, '2 min 5 s'], [3600, '1 h'], [11_045, '3 h 4 min'], [90_000, '1 day 1 h'],
  [1_000_000, '11 days']])('a duration of %d s is %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
