// Bugs that people tied to a signature, and forms of bug trackers that are filled in already.
import { readList, readText } from '../base/json_read';
import { succeed, type Result } from '../base/result';
import type { CrashId } from '../base/crash_id';
import type { AnswerOf } from './answer_of';
import { getJson, postJson } from './client';
import type { components } from './schema';

export interface Bug {
  readonly id: string;
  // The name that the server gives to where it is; there may be several.
  readonly tracker: string | undefined;
  readonly url: string | undefined;
  // As the tracker says: "NEW", "closed".
  readonly status: string | undefined;
  readonly resolution: string | undefined;
  readonly summary: string | undefined;
  readonly signature: string | undefined;
}

export interface BugForm {
  readonly label: string;
  readonly url: string;
}

type BugsAnswer = AnswerOf<'/api/Bugs/'>;
type FormsAnswer = AnswerOf<'/api/NewBug/'>;

export async function askBugs(signature: string, signal: AbortSignal): Promise<Result<readonly Bug[]>> {
  const answer = await getJson<BugsAnswer>(
    `/api/Bugs/?${new URLSearchParams({ signatures: signature })}`,
    signal,
  );
  return answer.ok ? succeed(readBugs(answer.value)) : answer;
}

// The same bugs with each of their signatures.
export async function askRelated(
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Result<readonly Bug[]>> {
  const parameters = new URLSearchParams(ids.map((id) => ['bug_ids', id]));
  const answer = await getJson<AnswerOf<'/api/SignaturesByBugs/'>>(
    `/api/SignaturesByBugs/?${parameters}`,
    signal,
  );
  return answer.ok ? succeed(readList(answer.value.hits).flatMap(readBug)) : answer;
}

// Two trackers have bugs of the same number.
export function relatedOf(found: readonly Bug[], bugs: readonly Bug[]): readonly Bug[] {
  return found.filter(
    ({ id, tracker, signature }) =>
      signature !== undefined && bugs.some((bug) => bug.id === id && bug.tracker === tracker),
  );
}

// Each bug once, also where several signatures lead to it.
export function readBugs(answer: BugsAnswer): readonly Bug[] {
  const bugs = readList(answer.hits).flatMap(readBug);
  return [...new Map(bugs.map((bug) => [`${bug.tracker ?? ''} ${bug.id} ${bug.url ?? ''}`, bug])).values()];
}

function readBug(hit: components['schemas']['BugLink']): readonly Bug[] {
  const id = readText(hit.id);
  if (id === undefined) return [];
  return [
    {
      id,
      tracker: readText(hit.tracker),
      url: webUrl(hit.url),
      status: readText(hit.status),
      resolution: readText(hit.resolution),
      summary: readText(hit.summary),
      signature: readText(hit.signature),
    },
  ];
}

// Trackers are other sites: nothing but http is followed.
function webUrl(value: unknown): string | undefined {
  const url = readText(value);
  return url !== undefined && /^https?:\/\//.test(url) ? url : undefined;
}

// Filled in from a crash, or from the newest one of a signature.
export type BugOrigin = { readonly crash_id: CrashId } | { readonly signature: string };

export async function askBugForms(
  origin: BugOrigin,
  signal: AbortSignal,
): Promise<Result<readonly BugForm[]>> {
  const answer = await getJson<FormsAnswer>(`/api/NewBug/?${new URLSearchParams({ ...origin })}`, signal);
  if (!answer.ok) return answer;
  return succeed(
    readList(answer.value.links).flatMap(({ label, url }) => {
      const checked = webUrl(url);
      return checked === undefined ? [] : [{ label: readText(label) ?? 'New bug', url: checked }];
    }),
  );
}

export interface BugLink {
  readonly signature: string;
  // Its id or its address, by which the server finds the tracker.
  readonly bug: string;
  // undefined: the server's first.
  readonly tracker?: string | undefined;
}

export function bugOrder({ signature, bug, tracker }: BugLink): object {
  return { signature, bug: bug.trim().replace(/^#/, ''), ...(tracker === undefined ? {} : { tracker }) };
}

export function linkBug(link: BugLink, signal: AbortSignal): Promise<Result<object>> {
  return postJson('/api/BugLinks/', bugOrder(link), signal);
}

export function unlinkBug(link: BugLink, signal: AbortSignal): Promise<Result<object>> {
  return postJson('/api/BugLinks/remove/', bugOrder(link), signal);
}
