import { render, type ContainerNode } from 'preact';
import { afterEach, expect, test, vi } from 'vitest';
import { getJson } from '../api/client';
import { useRemote } from './use_remote';

afterEach(() => vi.unstubAllGlobals());

// A page without elements: as much of a document as Preact needs for it.
function drawer(): (key: string | undefined) => Promise<void> {
  const root = { nodeType: 1, childNodes: [], firstChild: null, ownerDocument: {} } as unknown as ContainerNode;
  const Page = ({ path }: { path: string }): null => {
    useRemote<object>({ key: path, ask: (signal) => getJson<object>(path, signal), recent: undefined });
    return null;
  };
  return async (key) => {
    render(key === undefined ? null : <Page path={key} />, root);
    // Effects run behind the next frame, which does not come where nothing is drawn.
    await new Promise((resolve) => setTimeout(resolve, 150));
  };
}

test('a question ends when a newer one takes its place, and when its page is left', async () => {
  const asked: { path: string; signal: AbortSignal }[] = [];
  vi.stubGlobal('fetch', (path: string, { signal }: { signal: AbortSignal }) => {
    asked.push({ path, signal });
    return new Promise(() => undefined);
  });
  const areAborted = (): readonly boolean[] => asked.map(({ signal }) => signal.aborted);
  const draw = drawer();
  await draw('/api/first');
  await draw('/api/first');
  expect(areAborted()).toEqual([false]);
  await draw('/api/second');
  expect(asked.map(({ path }) => path)).toEqual(['/api/first', '/api/second']);
  expect(areAborted()).toEqual([true, false]);
  await draw(undefined);
  expect(areAborted()).toEqual([true, true]);
});
