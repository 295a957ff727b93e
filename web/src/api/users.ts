// The people of this server, for those who administer it, and what they did.
import { parseTime } from '../base/format';
import { readCount, readList, readText, readTexts } from '../base/json_read';
import { succeed, type Result } from '../base/result';
import type { AnswerOf } from './answer_of';
import { getJson, postJson } from './client';

export interface User {
  readonly name: string;
  readonly permissions: readonly string[];
  readonly created: Date | undefined;
  // Since when; such a one can neither sign in nor use tokens.
  readonly disabled: Date | undefined;
}

type UsersAnswer = AnswerOf<'/api/Users/'>;
type AuditAnswer = AnswerOf<'/api/Audit/'>;

export async function askUsers(signal: AbortSignal): Promise<Result<readonly User[]>> {
  const answer = await getJson<UsersAnswer>('/api/Users/', signal);
  return answer.ok ? succeed(readUsers(answer.value)) : answer;
}

export function readUsers(answer: UsersAnswer): readonly User[] {
  return readList(answer.users).flatMap((user) => {
    const name = readText(user.name);
    return name === undefined
      ? []
      : [
          {
            name,
            permissions: readTexts(user.permissions),
            created: parseTime(user.created),
            disabled: parseTime(user.disabled),
          },
        ];
  });
}

export interface UserChange {
  readonly name: string;
  readonly permissions: readonly string[];
  // Empty: it stays as it is; for a new user, none is set.
  readonly password: string;
  readonly isDisabled: boolean;
}

export function addUser(
  { name, permissions, password }: UserChange,
  signal: AbortSignal,
): Promise<Result<object>> {
  return postJson('/api/Users/', { name, permissions, ...(password === '' ? {} : { password }) }, signal);
}

export function changeUser(
  { name, permissions, password, isDisabled }: UserChange,
  signal: AbortSignal,
): Promise<Result<object>> {
  return postJson(
    '/api/Users/change/',
    { name, permissions, disabled: isDisabled, ...(password === '' ? {} : { password }) },
    signal,
  );
}

export interface AuditEntry {
  readonly id: number;
  readonly when: Date | undefined;
  readonly who: string;
  readonly action: string;
  readonly object: string;
}

export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  // Where the older ones begin; undefined: there are none.
  readonly next: number | undefined;
}

export interface AuditQuery {
  readonly who: string;
  readonly action: string;
  readonly before: number | undefined;
}

export function parseAuditQuery(parameters: URLSearchParams): AuditQuery {
  return {
    who: parameters.get('who')?.trim() ?? '',
    action: parameters.get('action')?.trim() ?? '',
    before: readCount(parameters.get('before')),
  };
}

function auditParameters({ who, action, before }: AuditQuery): string {
  const parameters = new URLSearchParams();
  if (who !== '') parameters.set('who', who);
  if (action !== '') parameters.set('action', action);
  if (before !== undefined) parameters.set('before', String(before));
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

export function auditPath(query: AuditQuery): string {
  return `/admin/audit${auditParameters(query)}`;
}

export function auditApiPath(query: AuditQuery): string {
  return `/api/Audit/${auditParameters(query)}`;
}

export async function askAudit(query: AuditQuery, signal: AbortSignal): Promise<Result<AuditPage>> {
  const answer = await getJson<AuditAnswer>(auditApiPath(query), signal);
  return answer.ok ? succeed(readAudit(answer.value)) : answer;
}

export function readAudit(answer: AuditAnswer): AuditPage {
  return {
    entries: readList(answer.entries).map((entry, index) => ({
      id: readCount(entry.id) ?? -index,
      when: parseTime(entry.when),
      who: readText(entry.who) ?? '',
      action: readText(entry.action) ?? '',
      object: readText(entry.object) ?? '',
    })),
    next: readCount(answer.next),
  };
}
