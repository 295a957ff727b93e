import { expect, test } from 'vitest';
import { readableJson, readCount, readEntries, readList, readText, readTexts } from './json_read';

test('values of the wrong type are absent', () => {
  expect([null, undefined, {}, [], ''].map(readText)).toEqual(Array(5).fill(undefined));
  expect([null, -1, 1.5, 'x', 2 ** 60].map(readCount)).toEqual(Array(5).fill(undefined));
  expect(readCount('12')).toBe(12);
  expect(readList(null)).toEqual([]);
  expect(readList([null, 3, { a: 1 }] as object[])).toEqual([{ a: 1 }]);
  expect(readTexts(['a', null, 3, {}])).toEqual(['a', '3']);
});

test('entries keep their order and show nested values as JSON', () => {
  expect(readEntries({ b: 'x', a: 1, none: null, deep: { c: 2 } })).toEqual([
    ['b', 'x'],
    ['a', '1'],
    ['deep', '{"c":2}'],
  ]);
  expect(readEntries('text')).toEqual([]);
});

test('long JSON is drawn in lines, anything else as it is', () => {
  const long = JSON.stringify({ build: { version: '1'.repeat(100) } });
  expect(readableJson(long).split('\n')).toHaveLength(5);
  for (const text of ['{"a":1}', `{${'x'.repeat(200)}`, `plain ${'x'.repeat(200)}`])
    expect(readableJson(text)).toBe(text);
});
