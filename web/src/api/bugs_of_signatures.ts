// The bugs of several signatures, asked at once.
import { readList, readText } from '../base/json_read';
import { succeed, type Result } from '../base/result';
import type { AnswerOf } from './answer_of';
import { readBugs, type Bug } from './bugs';
import { postForm } from './client';

type BugsAnswer = AnswerOf<'/api/Bugs/', 'post'>;

export type BugsBySignature = ReadonlyMap<string, readonly Bug[]>;

export const kNoBugs: BugsBySignature = new Map();

// Posted, because the names of some hundred functions do not fit into an address.
export async function askBugsOf(
  signatures: readonly string[],
  signal: AbortSignal,
): Promise<Result<BugsBySignature>> {
  if (signatures.length === 0) return succeed(kNoBugs);
  const body = new URLSearchParams(signatures.map((signature) => ['signatures', signature]));
  const answer = await postForm<BugsAnswer>('/api/Bugs/', body, signal);
  return answer.ok ? succeed(readBugsBySignature(answer.value)) : answer;
}

export function readBugsBySignature(answer: BugsAnswer): BugsBySignature {
  const hits = readList(answer.hits);
  const signatures = new Set(hits.map(({ signature }) => readText(signature) ?? ''));
  return new Map(
    [...signatures].map((name) => [
      name,
      readBugs({ hits: hits.filter(({ signature }) => (readText(signature) ?? '') === name) }),
    ]),
  );
}
