import { afterEach, expect, test, vi } from 'vitest';
import { addUser, auditApiPath, auditPath, changeUser, parseAuditQuery, readAudit, readUsers } from './users';

afterEach(() => vi.unstubAllGlobals());

test('users and entries bear what is absent', () => {
  expect(readUsers({ users: [{ name: 'ann', permissions: ['view_pii'] }, {}] })).toMatchObject([
    { name: 'ann', disabled: undefined },
  ]);
  expect(readAudit({ entries: [{}], next: 7 })).toMatchObject({
    entries: [{ who: '', when: undefined }],
    next: 7,
  });
  expect(readAudit({})).toEqual({ entries: [], next: undefined });
});

test('the page of the audit and the API are asked alike', () => {
  const query = parseAuditQuery(new URLSearchParams('who=ann&before=70'));
  expect(auditPath(query)).toBe('/admin/audit?who=ann&before=70');
  expect(auditApiPath(query)).toBe('/api/Audit/?who=ann&before=70');
});

test('a password that nobody typed is not sent', async () => {
  const sent: string[] = [];
  vi.stubGlobal('fetch', async (_: string, request: RequestInit) => {
    sent.push(String(request.body));
    return new Response('{}');
  });
  const user = { name: 'ann', permissions: [], password: '', isDisabled: false };
  await addUser(user, new AbortController().signal);
  await changeUser(user, new AbortController().signal);
  await changeUser({ ...user, password: 'long enough', isDisabled: true }, new AbortController().signal);
  expect(sent).toEqual([
    '{"name":"ann","permissions":[]}',
    '{"name":"ann","permissions":[],"disabled":false}',
    '{"name":"ann","permissions":[],"disabled":true,"password":"long enough"}',
  ]);
});
