// Searches that a person keeps, and short addresses of searches.
import { readCount, readList, readText } from '../base/json_read';
import { succeed, type Result } from '../base/result';
import type { AnswerOf } from './answer_of';
import { getJson, postJson } from './client';

export interface SavedSearch {
  readonly id: number;
  readonly name: string;
  readonly path: string;
}

type SavedAnswer = AnswerOf<'/api/SavedSearches/'>;

// Only paths of this site are followed.
function ownPath(value: unknown): string | undefined {
  const path = readText(value);
  return path !== undefined && /^\/(?![/\\])/.test(path) ? path : undefined;
}

export function readSaved(answer: SavedAnswer): readonly SavedSearch[] {
  return readList(answer.searches).flatMap((row) => {
    const id = readCount(row.id);
    const path = ownPath(row.url);
    return id === undefined || path === undefined ? [] : [{ id, path, name: readText(row.name) ?? path }];
  });
}

export async function askSaved(signal: AbortSignal): Promise<Result<readonly SavedSearch[]>> {
  const answer = await getJson<SavedAnswer>('/api/SavedSearches/', signal);
  return answer.ok ? succeed(readSaved(answer.value)) : answer;
}

export function saveSearch(name: string, path: string, signal: AbortSignal): Promise<Result<object>> {
  return postJson('/api/SavedSearches/', { name, url: path }, signal);
}

export function removeSaved(id: number, signal: AbortSignal): Promise<Result<object>> {
  return postJson('/api/SavedSearches/remove/', { id }, signal);
}

export async function makeShortLink(path: string, signal: AbortSignal): Promise<Result<string>> {
  const answer = await postJson<AnswerOf<'/api/ShortLinks/', 'post'>>('/api/ShortLinks/', { url: path }, signal);
  if (!answer.ok) return answer;
  const short = ownPath(answer.value.url);
  return short === undefined ? { ok: false, problem: { kind: 'bad-answer', detail: '' } } : succeed(short);
}

export async function askShortLink(id: string, signal: AbortSignal): Promise<Result<string>> {
  const answer = await getJson<AnswerOf<'/api/ShortLinks/'>>(`/api/ShortLinks/?${new URLSearchParams({ id })}`, signal);
  if (!answer.ok) return answer;
  const path = ownPath(answer.value.url);
  return path === undefined ? { ok: false, problem: { kind: 'bad-answer', detail: '' } } : succeed(path);
}
