import { afterEach, expect, test, vi } from 'vitest';
import { getJson } from './client';

function answerWith(status: number, body: string): void {
  vi.stubGlobal('fetch', async () => new Response(body, { status }));
}

const ask = () => getJson<object>('/api/x', new AbortController().signal);

afterEach(() => vi.unstubAllGlobals());

test('an object is an answer', async () => {
  answerWith(200, '{"total":1}');
  expect(await ask()).toEqual({ ok: true, value: { total: 1 } });
});

test.each<[number, string, object]>([
  [404, '{"error":"unknown crash id"}', { kind: 'not-found', detail: 'unknown crash id' }],
  [404, '{"error":"wait","status":"pending"}', { kind: 'pending', detail: 'wait' }],
  [403, '{"error":"needs view_pings"}', { kind: 'forbidden', detail: 'needs view_pings' }],
  [400, '{"error":"date: no operator"}', { kind: 'bad-request', detail: 'date: no operator' }],
  [500, 'oops', { kind: 'server', detail: 'HTTP status 500' }],
  [418, '{}', { kind: 'bad-answer', detail: 'HTTP status 418' }],
  [200, '<html>', { kind: 'bad-answer', detail: '' }],
  [200, '3', { kind: 'bad-answer', detail: '' }],
])('status %d with %j is a problem in words', async (status, body, problem) => {
  answerWith(status, body);
  expect(await ask()).toEqual({ ok: false, problem });
});

test('a server that is down is told, not thrown', async () => {
  vi.stubGlobal('fetch', async () => { throw new TypeError('connection refused'); });
  expect(await ask()).toEqual({ ok: false, problem: { kind: 'offline', detail: '' } });
});
