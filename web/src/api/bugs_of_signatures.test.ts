import { expect, test, vi } from 'vitest';
import { askBugsOf, readBugsBySignature } from './bugs_of_signatures';

test('a bug of two signatures stands with both', () => {
  const bugs = readBugsBySignature({
    hits: [
      { id: 1, signature: 'a' },
      { id: 1, signature: 'b' },
      { id: 2, signature: 'a' },
    ],
  });
  expect([...bugs].map(([signature, found]) => [signature, found.map(({ id }) => id)])).toEqual([
    ['a', ['1', '2']],
    ['b', ['1']],
  ]);
  expect(readBugsBySignature({}).size).toBe(0);
});

test('signatures are asked for at once, and not at all where there are none', async () => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string, { body }: { body: URLSearchParams }) => {
    asked.push(`${path} ${body}`);
    return new Response('{}');
  });
  const { signal } = new AbortController();
  expect(await askBugsOf([], signal)).toMatchObject({ ok: true });
  await askBugsOf(['a b', 'c'], signal);
  expect(asked).toEqual(['/api/Bugs/ signatures=a+b&signatures=c']);
  vi.unstubAllGlobals();
});
