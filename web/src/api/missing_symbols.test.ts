import { afterEach, expect, test, vi } from 'vitest';
import { kAllMissing } from './missing_query';
import { askMissing, isEstimate, readMissingPage, recentMissing, sortModules, waitingCrashesPath } from './missing_symbols';

const kHit = {
  debug_file: 'libx.so', debug_id: '5AB3CD0000000000000000000000000F0', code_file: 'libx.so', code_id: 'cd5ab3',
  first_day: '2026-11-01', last_day: '2026-11-22', crashes: 7, clients: 12, symbolications: 3, downloads: 1,
};

const answerWith = (status: number, body: string) => vi.stubGlobal('fetch', async () => new Response(body, { status }));
const ask = () => askMissing(kAllMissing, new AbortController().signal);

afterEach(() => vi.unstubAllGlobals());

test('reads what is there and bears what is not', () => {
  const page = readMissingPage({ hits: [kHit, { code_file: 'x.dll' }, { debug_file: '', debug_id: 'A' }, {}], total: 9 });
  expect(page.total).toBe(9);
  expect(page.modules).toHaveLength(2);
  expect(page.modules[0]).toMatchObject({ debugFile: 'libx.so', codeId: 'cd5ab3', lastDay: '2026-11-22', crashes: 7, clients: 12, requests: 3, downloads: 1 });
  expect(page.modules[1]).toMatchObject({ debugFile: undefined, codeFile: 'x.dll', debugId: undefined, crashes: 0, downloads: 0 });
  expect(readMissingPage({})).toEqual({ modules: [], total: 0 });
});

test('few clients are not told: that is not none', () => {
  const { clients: _, ...hit } = kHit;
  expect(readMissingPage({ hits: [hit, { ...kHit, clients: 0 }] }).modules.map(({ clients }) => clients)).toEqual([undefined, 0]);
});

test('two files with one debug id are two modules', () => {
  const { modules } = readMissingPage({ hits: [kHit, { ...kHit, code_file: 'liby.so' }] });
  expect(new Set(modules.map(({ key }) => key)).size).toBe(2);
});

test('an answer is kept for going back', async () => {
  answerWith(200, JSON.stringify({ hits: [kHit], total: 1 }));
  expect(recentMissing(kAllMissing)).toBeUndefined();
  expect(await ask()).toMatchObject({ ok: true, value: { total: 1 } });
  expect(recentMissing(kAllMissing)?.modules).toHaveLength(1);
});

test('a server without this list is not one without a crash', async () => {
  answerWith(404, '{"error":"no such path"}');
  expect(await ask()).toEqual({ ok: false, problem: { kind: 'bad-answer', detail: 'no such path' } });
  answerWith(403, '{"error":"needs x"}');
  expect(await ask()).toEqual({ ok: false, problem: { kind: 'forbidden', detail: 'needs x' } });
});

test('sorts by numbers and by names, and equals keep their order', () => {
  const { modules } = readMissingPage({ hits: [
    { debug_file: 'b10', crashes: 9, last_day: '2026-11-02' }, { debug_file: 'B9', crashes: 10, last_day: '2026-11-01' },
    { debug_file: 'a', crashes: 9, last_day: '2026-11-03' }] });
  const names = (key: 'file' | 'crashes' | 'last', descending: boolean) =>
    sortModules(modules, { key, descending }).map(({ debugFile }) => debugFile);
  expect(names('file', false)).toEqual(['a', 'B9', 'b10']);
  expect(names('crashes', true)).toEqual(['B9', 'b10', 'a']);
  expect(names('crashes', false)).toEqual(['b10', 'a', 'B9']);
  expect(names('last', true)).toEqual(['a', 'b10', 'B9']);
});

test('large counts are estimates', () => {
  expect([256, 257].map(isEstimate)).toEqual([false, true]);
});

test('waiting crashes are searched by the debug id, from the first day on until today', () => {
  const path = (members: object) => waitingCrashesPath(readMissingPage({ hits: [{ ...kHit, ...members }] }).modules[0]!, new Date('2026-11-22T10:00:00Z'));
  expect(path({})).toBe(`/search?missing_debug_id=${kHit.debug_id}&date=%3E%3D2026-11-01&date=%3C2026-11-23`);
  expect(path({ crashes: 0 })).toBeUndefined();
  expect(path({ debug_id: '' })).toBeUndefined();
});
