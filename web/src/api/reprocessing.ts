// To have crashes processed again.
import { readCount, readList, readText, readTexts } from '../base/json_read';
import type { CrashId } from '../base/crash_id';
import { fail, succeed, type Result } from '../base/result';
import type { AnswerOf } from './answer_of';
import { getJson, postForm } from './client';
import type { paths } from './schema';

type Answer = paths['/api/Reprocessing/']['post']['responses'][200]['content']['application/json'];

export async function reprocess(id: CrashId, signal: AbortSignal): Promise<Result<number>> {
  const answer = await postForm<Answer>('/api/Reprocessing/', new URLSearchParams({ crash_ids: id }), signal);
  if (!answer.ok) return answer;
  if (readTexts(answer.value.unknown).length > 0) return fail({ kind: 'not-found', detail: '' });
  return succeed(readCount(answer.value.queued) ?? 1);
}

export interface SetAside {
  // Why it could not be processed; empty if the server does not say.
  readonly reason: string;
}

// Whether the processor gave up on the crash.
export async function askSetAside(id: CrashId, signal: AbortSignal): Promise<Result<SetAside | undefined>> {
  const answer = await getJson<SetAsideAnswer>('/api/SetAside/', signal);
  return answer.ok ? succeed(findSetAside(answer.value, id)) : answer;
}

type SetAsideAnswer = AnswerOf<'/api/SetAside/'>;

export function findSetAside(answer: SetAsideAnswer, id: CrashId): SetAside | undefined {
  // The id of a ping stands behind the place where it is kept.
  const found = readList(answer.set_aside).find((item) => readText(item.id)?.endsWith(id));
  return found === undefined ? undefined : { reason: readText(found.reason) ?? '' };
}
