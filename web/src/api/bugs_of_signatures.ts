// The bugs of several signatures, asked at once.
import { readList, readText } from '../base/json_read';
import { succeed, type Result } from '../base/result';
import { readBugs, type Bug } from './bugs';
import { getJson } from './client';

type BugsAnswer = Parameters<typeof readBugs>[0];

export function bugsApiPath(signatures: readonly string[]): string {
  return `/api/Bugs/?${new URLSearchParams(signatures.map((signature) => ['signatures', signature]))}`;
}

export async function askBugsOf(
  signatures: readonly string[],
  signal: AbortSignal,
): Promise<Result<ReadonlyMap<string, readonly Bug[]>>> {
  if (signatures.length === 0) return succeed(new Map());
  const answer = await getJson<BugsAnswer>(bugsApiPath(signatures), signal);
  return answer.ok ? succeed(readBugsBySignature(answer.value)) : answer;
}

export function readBugsBySignature(answer: BugsAnswer): ReadonlyMap<string, readonly Bug[]> {
  const hits = readList(answer.hits);
  const signatures = new Set(hits.map(({ signature }) => readText(signature) ?? ''));
  return new Map(
    [...signatures].map((name) => [
      name,
      readBugs({ hits: hits.filter(({ signature }) => (readText(signature) ?? '') === name) }),
    ]),
  );
}
