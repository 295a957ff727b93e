import { afterEach, expect, test, vi } from 'vitest';
import { parseCrashId } from '../base/crash_id';
import { askPingAggregates } from './ping_aggregates';

const kId = parseCrashId('0b5e2a10-7c3d-4e5f-8a9b-0c1d2e261122')!;
const ask = () => askPingAggregates(kId, new AbortController().signal);

afterEach(() => vi.unstubAllGlobals());

test('first the signature, then its counts', async () => {
  const asked: URL[] = [];
  vi.stubGlobal('fetch', async (path: string) => {
    const url = new URL(path, 'http://crash.example');
    asked.push(url);
    return new Response(
      JSON.stringify(
        url.searchParams.has('uuid')
          ? { hits: [], facets: { signature: [{ term: 'a::b', count: 1 }] } }
          : {
              facets: {
                kind: [
                  { term: 'ping', count: 40 },
                  { term: 'report', count: 2 },
                ],
                version: [{ term: '1.0', count: 42 }],
              },
            },
      ),
    );
  });
  expect(await ask()).toMatchObject({ ok: true, value: { signature: 'a::b', pings: 40, reports: 2 } });
  expect(asked[1]?.searchParams.get('signature')).toBe('=a::b');
  expect(asked.every((url) => url.searchParams.get('_results_number') === '0')).toBe(true);
});

test('a ping that counts hide as well is none', async () => {
  vi.stubGlobal('fetch', async () => new Response('{"hits":[],"facets":{}}'));
  expect(await ask()).toEqual({ ok: true, value: 'hidden' });
});
