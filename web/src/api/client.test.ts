import { afterEach, expect, test, vi } from 'vitest';
import { asMissing, getJson, getJsonAhead, getText, postForm, postJson, waitForLongQueries } from './client';

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
  [404, '{"error":"Not Found"}', { kind: 'no-service', detail: '' }],
  [401, '{"error":"sign in"}', { kind: 'signed-out', detail: 'sign in' }],
  [429, '{"error":"slower"}', { kind: 'busy', detail: 'slower' }],
  [403, '{"error":"needs view_pings"}', { kind: 'forbidden', detail: 'needs view_pings' }],
  [400, '{"error":"a","mistakes":["a","b"]}', { kind: 'bad-request', detail: 'a', mistakes: ['a', 'b'] }],
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
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('connection refused');
  });
  expect(await ask()).toEqual({ ok: false, problem: { kind: 'offline', detail: '' } });
});

test('what is sent says what it is', async () => {
  const sent: Request[] = [];
  vi.stubGlobal('fetch', async (path: string, request: RequestInit) => {
    sent.push(new Request(`http://crash.example${path}`, request));
    return new Response('{}');
  });
  const signal = new AbortController().signal;
  await postJson('/api/x', { a: 1 }, signal);
  await postForm('/api/x', new URLSearchParams([['a', 'b c']]), signal);
  expect(sent.map((request) => request.method)).toEqual(['POST', 'POST']);
  expect(sent[0]?.headers.get('Content-Type')).toBe('application/json');
  expect(await sent[0]?.text()).toBe('{"a":1}');
  expect(sent[1]?.headers.get('Content-Type')).toContain('application/x-www-form-urlencoded');
});

// fetch() of a server that never answers; gives the signals of what was asked.
function neverAnswer(): AbortSignal[] {
  const signals: AbortSignal[] = [];
  vi.stubGlobal('fetch', (_: string, { signal }: { signal: AbortSignal }) => {
    signals.push(signal);
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
    });
  });
  return signals;
}

test('a search is waited for longer than the server lets it take, so that the server says why it ended', async () => {
  const waits: number[] = [];
  const timeouts = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    waits.push(ms);
    return AbortSignal.abort();
  });
  answerWith(400, '{"error":"The search took more than 30 s"}');
  await ask();
  waitForLongQueries(true);
  await ask();
  waitForLongQueries(false);
  await postJson('/api/x', {}, new AbortController().signal);
  timeouts.mockRestore();
  expect(waits).toEqual([35_000, 305_000, 35_000]);
});

test.each(['at once', 'ahead'])('a question that was asked %s ends with the page that asked it', async (when) => {
  const signals = neverAnswer();
  const page = new AbortController();
  if (when === 'ahead') getJsonAhead('/api/x');
  const answer = getJson<object>('/api/x', page.signal);
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  page.abort();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  expect(await answer).toEqual({ ok: false, problem: { kind: 'offline', detail: '' } });
});

test('text is taken as it is', async () => {
  answerWith(200, '[[rule]]');
  expect(await getText('/api/x', new AbortController().signal)).toEqual({ ok: true, value: '[[rule]]' });
});

test('where a thing is asked for, a wrong path is a thing that is not there', () => {
  expect(asMissing({ kind: 'no-service', detail: '' }).kind).toBe('not-found');
  expect(asMissing({ kind: 'forbidden', detail: 'x' })).toEqual({ kind: 'forbidden', detail: 'x' });
});
