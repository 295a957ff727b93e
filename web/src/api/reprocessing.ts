// To have crashes processed again.
import { readCount, readTexts } from '../base/json_read';
import type { CrashId } from '../base/crash_id';
import { fail, succeed, type Result } from '../base/result';
import { postForm } from './client';
import type { paths } from './schema';

type Answer = paths['/api/Reprocessing/']['post']['responses'][200]['content']['application/json'];

export async function reprocess(id: CrashId, signal: AbortSignal): Promise<Result<number>> {
  const answer = await postForm<Answer>('/api/Reprocessing/', new URLSearchParams({ crash_ids: id }), signal);
  if (!answer.ok) return answer;
  if (readTexts(answer.value.unknown).length > 0) return fail({ kind: 'not-found', detail: '' });
  return succeed(readCount(answer.value.queued) ?? 1);
}
