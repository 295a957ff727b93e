import { expect, test } from 'vitest';
import { kNobody, readMe } from '../api/me';
import type { Condition } from '../api/search_query';
import { hidesPings, isAllowed, mayTry, productsWith } from './use_me';

const visitor = readMe({ name: null, permissions: [] });
const editor = readMe({ name: 'ann', permissions: ['view_rawdump'], grants: { Editor: ['view_pings', 'view_rawdump'] } });
const all = readMe({ name: 'ben', permissions: ['view_pings'], grants: { Editor: ['view_pings'] } });

const product = (value: string, more: Partial<Condition> = {}): Condition => ({
  field: 'product', operator: '', negated: false, value, ...more,
});

test('a grant allows something with its product alone', () => {
  expect(isAllowed(editor, 'view_pings', 'Editor')).toBe(true);
  expect(isAllowed(editor, 'view_pings', 'Viewer')).toBe(false);
  expect(isAllowed(editor, 'view_pings')).toBe(false);
  expect(isAllowed(editor, 'view_rawdump', 'Viewer')).toBe(true);
  expect(isAllowed(undefined, 'view_pings', 'Editor')).toBe(false);
  expect(productsWith(editor, 'view_pings')).toEqual(['Editor']);
  expect(productsWith(all, 'view_pings')).toEqual([]);
});

test('a server without accounts is asked for everything', () => {
  expect(mayTry(kNobody, 'view_rawdump', 'Editor')).toBe(true);
  expect(mayTry(visitor, 'view_rawdump', 'Editor')).toBe(false);
  expect(mayTry(editor, 'view_pings', 'Editor')).toBe(true);
});

test.each<[string, readonly Condition[], boolean]>([
  ['names no product', [], true],
  ['names the granted one', [product('Editor')], false],
  ['names it exactly', [product('Editor', { operator: '=' })], false],
  ['names it in other letters', [product('editor')], true],
  ['names another one too', [product('Editor'), product('Viewer')], true],
  ['leaves it out', [product('Editor', { negated: true })], true],
  ['leaves another one out', [product('Editor'), product('Viewer', { negated: true })], false],
  ['names a part of it', [product('Editor', { operator: '~' })], true],
  ['names it as a version', [product('Editor', { field: 'version' })], true],
])('a search that %s', (_, conditions, areHidden) => {
  expect(hidesPings(editor, conditions)).toBe(areHidden);
  expect(hidesPings(visitor, conditions)).toBe(true);
  expect(hidesPings(all, conditions)).toBe(false);
  expect(hidesPings(kNobody, conditions)).toBe(false);
});
