// The visitor's own tokens for scripts.
import { parseTime } from '../base/format';
import { readCount, readList, readText, readTexts } from '../base/json_read';
import { fail, succeed, type Result } from '../base/result';
import type { AnswerOf } from './answer_of';
import { getJson, postJson } from './client';

export interface Token {
  readonly id: number;
  readonly label: string;
  readonly permissions: readonly string[];
  readonly created: Date | undefined;
  readonly expires: Date | undefined;
  readonly revoked: Date | undefined;
}

type TokensAnswer = AnswerOf<'/api/Tokens/'>;

export type TokenState = 'in force' | 'expired' | 'revoked';

export function tokenState({ expires, revoked }: Token, now: Date): TokenState {
  if (revoked !== undefined) return 'revoked';
  return expires !== undefined && expires.getTime() <= now.getTime() ? 'expired' : 'in force';
}

export async function askTokens(signal: AbortSignal): Promise<Result<readonly Token[]>> {
  const answer = await getJson<TokensAnswer>('/api/Tokens/', signal);
  return answer.ok ? succeed(readTokens(answer.value)) : answer;
}

// The newest first.
export function readTokens(answer: TokensAnswer): readonly Token[] {
  return readList(answer.tokens)
    .flatMap((token) => {
      const id = readCount(token.id);
      return id === undefined
        ? []
        : [
            {
              id,
              label: readText(token.label) ?? 'no label',
              permissions: readTexts(token.permissions),
              created: parseTime(token.created),
              expires: parseTime(token.expires),
              revoked: parseTime(token.revoked),
            },
          ];
    })
    .sort((one, other) => other.id - one.id);
}

export interface NewToken {
  readonly label: string;
  readonly permissions: readonly string[];
  readonly days: number;
}

// Gives the token's text, which nobody can see again.
export async function makeToken(
  { label, permissions, days }: NewToken,
  signal: AbortSignal,
): Promise<Result<string>> {
  const answer = await postJson<AnswerOf<'/api/Tokens/', 'post'>>(
    '/api/Tokens/',
    { label, permissions, expires_days: days },
    signal,
  );
  if (!answer.ok) return answer;
  const text = readText(answer.value.token);
  return text === undefined ? fail({ kind: 'bad-answer', detail: '' }) : succeed(text);
}

export function revokeToken(id: number, signal: AbortSignal): Promise<Result<object>> {
  return postJson('/api/Tokens/revoke/', { id }, signal);
}
