// Bugs that people tied to a signature, and forms of bug trackers that are filled in already.
import { readList, readText } from '../base/json_read';
import { succeed, type Result } from '../base/result';
import type { CrashId } from '../base/crash_id';
import { getJson, postJson } from './client';

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

interface BugsAnswer {
  hits?: {
    id?: number | string;
    tracker?: string;
    signature?: string;
    url?: string;
    status?: string;
    resolution?: string;
    summary?: string;
  }[];
}

export async function askBugs(signature: string, signal: AbortSignal): Promise<Result<readonly Bug[]>> {
  const answer = await getJson<BugsAnswer>(
    `/api/Bugs/?${new URLSearchParams({ signatures: signature })}`,
    signal,
  );
  return answer.ok ? succeed(readBugs(answer.value)) : answer;
}

// Each bug once, also where several signatures lead to it.
export function readBugs(answer: BugsAnswer): readonly Bug[] {
  const bugs = new Map<string, Bug>();
  for (const hit of readList(answer.hits)) {
    const id = readText(hit.id);
    if (id === undefined) continue;
    const url = webUrl(hit.url);
    const tracker = readText(hit.tracker);
    bugs.set(`${tracker ?? ''} ${id} ${url ?? ''}`, {
      id,
      tracker,
      url,
      status: readText(hit.status),
      resolution: readText(hit.resolution),
      summary: readText(hit.summary),
      signature: readText(hit.signature),
    });
  }
  return [...bugs.values()];
}

// Trackers are other sites: nothing but http is followed.
function webUrl(value: unknown): string | undefined {
  const url = readText(value);
  return url !== undefined && /^https?:\/\//.test(url) ? url : undefined;
}

export function askBugForms(id: CrashId, signal: AbortSignal): Promise<Result<readonly BugForm[]>> {
  return askForms(new URLSearchParams({ crash_id: id }), signal);
}

export function askSignatureBugForms(
  signature: string,
  signal: AbortSignal,
): Promise<Result<readonly BugForm[]>> {
  return askForms(new URLSearchParams({ signature }), signal);
}

async function askForms(of: URLSearchParams, signal: AbortSignal): Promise<Result<readonly BugForm[]>> {
  const answer = await getJson<{ links?: { label?: string; url?: string }[] }>(`/api/NewBug/?${of}`, signal);
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
  readonly bug: string;
  // undefined: the server's first.
  readonly tracker?: string | undefined;
}

function orderOf({ signature, bug, tracker }: BugLink): object {
  return { signature, bug: bugIdOf(bug), ...(tracker === undefined ? {} : { tracker }) };
}

export function linkBug(link: BugLink, signal: AbortSignal): Promise<Result<object>> {
  return postJson('/api/BugLinks/', orderOf(link), signal);
}

export function unlinkBug(link: BugLink, signal: AbortSignal): Promise<Result<object>> {
  return postJson('/api/BugLinks/remove/', orderOf(link), signal);
}

// People paste the address of a bug; trackers put its id last, or behind "id=".
export function bugIdOf(text: string): string {
  const trimmed = text.trim().replace(/^#/, '');
  if (!/^https?:\/\//.test(trimmed)) return trimmed;
  return (
    /[?&]id=(\w+)/.exec(trimmed)?.[1] ??
    /\/([A-Z][A-Z0-9_]*-\d+|\d+)\/?(?:[?#].*)?$/.exec(trimmed)?.[1] ??
    trimmed
  );
}
