// What people wrote about their crashes, for those who may read it.
import { parseCrashId, type CrashId } from '../base/crash_id';
import { parseTime } from '../base/format';
import { readCount, readList, readText } from '../base/json_read';
import { succeed, type Result } from '../base/result';
import type { AnswerOf } from './answer_of';
import { getJson } from './client';
import { appendConditions, type Condition } from './search_query';

type Answer = AnswerOf<'/api/Comments/'>;

export interface Comment {
  readonly id: CrashId;
  readonly time: Date | undefined;
  readonly product: string | undefined;
  readonly version: string | undefined;
  readonly text: string;
}

export interface CommentPage {
  // The newest first.
  readonly comments: readonly Comment[];
  // Of so many reports, those that were looked at.
  readonly read: number;
  readonly total: number;
  readonly cursor: string | undefined;
}

export async function askComments(
  conditions: readonly Condition[],
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<Result<CommentPage>> {
  const parameters = new URLSearchParams();
  appendConditions(parameters, conditions);
  if (cursor !== undefined) parameters.set('_cursor', cursor);
  const answer = await getJson<Answer>(`/api/Comments/?${parameters}`, signal);
  return answer.ok ? succeed(readComments(answer.value)) : answer;
}

export function readComments(answer: Answer): CommentPage {
  const comments = readList(answer.hits).flatMap((hit) => {
    const id = parseCrashId(hit.uuid);
    const text = readText(hit.user_comments);
    if (id === undefined || text === undefined) return [];
    const [product, version] = [readText(hit.product), readText(hit.version)];
    return [{ id, time: parseTime(hit.date), product, version, text }];
  });
  return {
    comments,
    read: readCount(answer.read) ?? comments.length,
    total: readCount(answer.total) ?? comments.length,
    cursor: readText(answer.cursor),
  };
}
