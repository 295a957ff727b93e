// Modules whose symbols were wanted and are not there.
import { readCount, readList, readText } from '../base/json_read';
import { fail, succeed, type Result } from '../base/result';
import type { AnswerOf } from './answer_of';
import { getJson, withoutCrash } from './client';
import { missingApiPath, type MissingQuery, type Sorting, type SortKey } from './missing_query';
import { RecentAnswers } from './recent';
import { daysUntilToday, searchPath, type Condition } from './search_query';

// Beyond this the server counts to some 6 %.
const kExactCountMax = 256;

type MissingAnswer = AnswerOf<'/api/MissingSymbols/'>;
type MissingHit = NonNullable<MissingAnswer['hits']>[number];

export interface MissingModule {
  // Tells the modules of an answer apart.
  readonly key: string;
  readonly debugFile: string | undefined;
  readonly debugId: string | undefined;
  readonly codeFile: string | undefined;
  readonly codeId: string | undefined;
  // "2026-11-22", UTC.
  readonly firstDay: string | undefined;
  readonly lastDay: string | undefined;
  // That wait for it.
  readonly crashes: number;
  // Whose pings do. undefined: so few that they are not told.
  readonly clients: number | undefined;
  // For names.
  readonly requests: number;
  readonly downloads: number;
}

export interface MissingPage {
  readonly modules: readonly MissingModule[];
  readonly total: number;
}

const recent = new RecentAnswers<MissingPage>();

export function recentMissing(query: MissingQuery): MissingPage | undefined {
  return recent.find(missingApiPath(query));
}

export async function askMissing(query: MissingQuery, signal: AbortSignal): Promise<Result<MissingPage>> {
  const path = missingApiPath(query);
  const answer = await getJson<MissingAnswer>(path, signal);
  if (!answer.ok) return fail(withoutCrash(answer.problem));
  const page = readMissingPage(answer.value);
  recent.keep(path, page);
  return succeed(page);
}

export function readMissingPage(answer: MissingAnswer): MissingPage {
  const modules = readList(answer.hits).map(readModule).filter((module) => module !== undefined);
  return { modules, total: readCount(answer.total) ?? modules.length };
}

function readModule(hit: MissingHit): MissingModule | undefined {
  const [debugFile, debugId, codeFile, codeId] = [hit.debug_file, hit.debug_id, hit.code_file, hit.code_id].map(readText);
  if (debugFile === undefined && codeFile === undefined) return undefined;
  return {
    key: JSON.stringify([debugFile, debugId, codeFile, codeId]),
    debugFile,
    debugId,
    codeFile,
    codeId,
    firstDay: readText(hit.first_day),
    lastDay: readText(hit.last_day),
    crashes: readCount(hit.crashes) ?? 0,
    clients: readCount(hit.clients),
    requests: readCount(hit.symbolications) ?? 0,
    downloads: readCount(hit.downloads) ?? 0,
  };
}

// The search for the crashes that wait for a module's symbols, since the day on which the first of them came.
export function waitingCrashesPath({ debugId, firstDay, crashes }: MissingModule, now: Date): string | undefined {
  if (debugId === undefined || crashes === 0) return undefined;
  const waits: Condition = { field: 'missing_debug_id', operator: '', negated: false, value: debugId };
  return searchPath([waits, ...(firstDay === undefined ? [] : daysUntilToday(firstDay, now))]);
}

export function isEstimate(count: number): boolean {
  return count > kExactCountMax;
}

// The name that a person looks for.
export function fileOf(module: MissingModule): string {
  return module.debugFile ?? module.codeFile ?? '';
}

const kValues: Record<SortKey, (module: MissingModule) => string | number> = {
  file: fileOf,
  id: (module) => module.debugId ?? '',
  crashes: (module) => module.crashes,
  clients: (module) => module.clients ?? 0,
  requests: (module) => module.requests,
  downloads: (module) => module.downloads,
  first: (module) => module.firstDay ?? '',
  last: (module) => module.lastDay ?? '',
};

// Equals keep the server's order.
export function sortModules(modules: readonly MissingModule[], { key, descending }: Sorting): readonly MissingModule[] {
  const valueOf = kValues[key];
  const sign = descending ? -1 : 1;
  const letters = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
  return [...modules].sort((one, other) => sign * compare(valueOf(one), valueOf(other), letters));
}

function compare(one: string | number, other: string | number, letters: Intl.Collator): number {
  return typeof one === 'number' && typeof other === 'number' ? one - other : letters.compare(String(one), String(other));
}
