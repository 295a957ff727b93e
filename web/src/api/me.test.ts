import { afterEach, expect, test, vi } from 'vitest';
import { askMe, readMe } from './me';

afterEach(() => vi.unstubAllGlobals());

test('nobody may do nothing, and somebody what the server says', () => {
  expect(readMe({ name: null })).toMatchObject({ name: undefined, hasAccounts: true, passwordSignIn: false });
  expect(readMe({ name: 'ann', permissions: ['view_pii'] }).permissions.has('view_pii')).toBe(true);
});

test('grants are read by their products', () => {
  const { grants } = readMe({ name: 'ann', grants: { Editor: ['view_pings'], Odd: 'x' as never } });
  expect(grants.get('Editor')?.has('view_pings')).toBe(true);
  expect(grants.get('Odd')?.size).toBe(0);
  expect(readMe({ grants: null as never }).grants.size).toBe(0);
});

test('who may search for long is waited for', async () => {
  const waits = vi.spyOn(AbortSignal, 'timeout');
  const { signal } = new AbortController();
  for (const permissions of [['run_long_queries'], []]) {
    vi.stubGlobal('fetch', async () => new Response(JSON.stringify({ name: 'ann', permissions })));
    await askMe(signal);
    waits.mockClear();
    await askMe(signal);
    expect(waits.mock.calls).toEqual([[permissions.length === 0 ? 35_000 : 305_000]]);
  }
  waits.mockRestore();
});

test('providers lead to this site or over https', () => {
  const providers = ['/oidc/start', 'https://id.example/', '//evil.example', 'javascript:alert(1)', 'http://id.example'].map((url) => ({ label: url, url }));
  expect(readMe({ sign_in: { password: true, providers } }).providers.map(({ url }) => url)).toEqual(['/oidc/start', 'https://id.example/']);
});

test('a server without accounts has visitors, not problems', async () => {
  vi.stubGlobal('fetch', async () => new Response('{"error":"Not Found"}', { status: 404 }));
  expect(await askMe(new AbortController().signal)).toMatchObject({ ok: true, value: { hasAccounts: false } });
  vi.stubGlobal('fetch', async () => new Response('{"error":"sign in"}', { status: 401 }));
  expect(await askMe(new AbortController().signal)).toMatchObject({ ok: true, value: { hasAccounts: true, name: undefined } });
  vi.stubGlobal('fetch', async () => new Response('', { status: 500 }));
  expect(await askMe(new AbortController().signal)).toMatchObject({ ok: false });
});
