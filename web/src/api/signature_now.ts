// The signature that a crash would get today, and why it is that one.
import type { Crash } from '../base/crash';
import { readList, readText, readTexts } from '../base/json_read';
import { fail, succeed, type Result } from '../base/result';
import type { AnswerOf } from './answer_of';
import { postJson } from './client';

type Answer = AnswerOf<'/api/CrashSignature/', 'post'>;
type Members = Readonly<Record<string, unknown>>;

export interface ExplainedFrame {
  readonly name: string;
  readonly role: string;
  // The line of a list that gave it the role.
  readonly by: string | undefined;
}

export interface ExplainedRule {
  readonly name: string;
  readonly outcome: string;
  readonly signature: string | undefined;
}

export interface SignatureNow {
  readonly signature: string | undefined;
  readonly notes: readonly string[];
  readonly frames: readonly ExplainedFrame[];
  readonly rules: readonly ExplainedRule[];
}

export async function askSignatureNow(crash: Crash, signal: AbortSignal): Promise<Result<SignatureNow>> {
  const answer = await postJson<Answer>(
    '/api/CrashSignature/',
    { jobs: [crash.document], explain: true },
    signal,
  );
  if (!answer.ok) return answer;
  const [result] = readList(answer.value.results);
  if (result === undefined) return fail({ kind: 'bad-answer', detail: '' });
  const error = readText(result.error);
  return error === undefined
    ? succeed(readSignatureNow(result))
    : fail({ kind: 'bad-request', detail: error });
}

export function readSignatureNow(result: NonNullable<Answer['results']>[number]): SignatureNow {
  return {
    signature: readText(result.signature),
    notes: readTexts(result.notes),
    frames: readList(result.frames as readonly Members[] | undefined).map((frame) => ({
      name: readText(frame['frame']) ?? '',
      role: (readText(frame['role']) ?? '').replaceAll('_', ' '),
      by: readBy(frame['by']),
    })),
    rules: readList(result.rules as readonly Members[] | undefined).map((rule) => ({
      name: readText(rule['rule']) ?? '',
      outcome: (readText(rule['outcome']) ?? '').replaceAll('_', ' '),
      signature: readText(rule['signature']),
    })),
  };
}

// "irrelevant list, line 12: abort|raise (runtime: the reason says so)".
function readBy(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return readText(value);
  const by = value as Members;
  const place = [
    readText(by['list']),
    by['line'] === undefined ? undefined : `line ${readText(by['line']) ?? ''}`,
  ].filter((part) => part !== undefined);
  const why = [readText(by['category']), readText(by['reason'])].filter((part) => part !== undefined);
  const pattern = readText(by['pattern']);
  return [place.join(', '), pattern, why.length === 0 ? undefined : `(${why.join(': ')})`]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
}
