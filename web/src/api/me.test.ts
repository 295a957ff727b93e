import { afterEach, expect, test, vi } from 'vitest';
import { askMe, readMe } from './me';

afterEach(() => vi.unstubAllGlobals());

test('nobody may do nothing, and somebody what the server says', () => {
  expect(readMe({ name: null })).toMatchObject({ name: undefined, hasAccounts: true, passwordSignIn: false });
  expect(readMe({ name: 'ann', permissions: ['view_pii'] }).permissions.has('view_pii')).toBe(true);
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
