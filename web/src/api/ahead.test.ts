import { afterEach, expect, test, vi } from 'vitest';
import { askAhead, takeAhead } from './ahead';

const { signal } = new AbortController();

afterEach(() => vi.unstubAllGlobals());

test('an answer that was asked for ahead is given once, and for its question alone', async () => {
  const fetched = vi.fn(async () => new Response('{}'));
  vi.stubGlobal('fetch', fetched);
  askAhead('/api/Me/', {});
  expect(takeAhead('/api/Other/', signal)).toBeUndefined();
  expect(await takeAhead('/api/Me/', signal)?.then((response) => response.status)).toBe(200);
  expect(takeAhead('/api/Me/', signal)).toBeUndefined();
  expect(fetched).toHaveBeenCalledTimes(1);
});

test('a question that fails ahead fails for who takes the answer', async () => {
  vi.stubGlobal('fetch', async () => { throw new TypeError('offline'); });
  askAhead('/api/Me/', {});
  await expect(takeAhead('/api/Me/', signal)).rejects.toThrow('offline');
});
