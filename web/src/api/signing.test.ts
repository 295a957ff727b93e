import { afterEach, expect, test, vi } from 'vitest';
import { kEmptyLists, previewSigning, readPreview, readSigning, saveSigning } from './signing';

afterEach(() => vi.unstubAllGlobals());

test('a server that says little signs by its own lists and is done', () => {
  expect(readSigning({})).toMatchObject({
    revision: 0,
    settings: { lists: undefined, rules: '' },
    decisions: [],
    progress: { isDone: true },
  });
  expect(readSigning({ lists: null }).settings.lists).toBeUndefined();
});

test('a change counts what it lists, unless it says more', () => {
  const preview = readPreview({
    crashes: 9,
    splits: { total: 3, rows: [{ signature: 'a', crashes: 5, parts: [{ signature: 'b', crashes: 2 }] }] },
  });
  expect(preview.splits).toMatchObject({
    total: 3,
    rows: [{ parts: [{ signature: 'b', crashes: 2 }], partsTotal: 1 }],
  });
  expect(preview.merges).toEqual({ total: 0, rows: [] });
});

test("the server's own lists are not sent, one's own are", async () => {
  const sent: unknown[] = [];
  vi.stubGlobal('fetch', async (_: string, request: RequestInit) => {
    sent.push(JSON.parse(String(request.body)));
    return new Response('{}');
  });
  const signal = new AbortController().signal;
  await previewSigning({ lists: undefined, rules: 'r' }, signal);
  await saveSigning({ lists: kEmptyLists, rules: '' }, 'because', signal);
  expect(sent).toEqual([{ rules: 'r' }, { lists: kEmptyLists, rules: '', why: 'because' }]);
});
