// Search: one page of crashes and the counts beside it.
import { parseCrashId, type CrashId } from '../base/crash_id';
import type { CrashKind } from '../base/crash';
import { parseTime } from '../base/format';
import { readCount, readList, readText } from '../base/json_read';
import { succeed, type Result } from '../base/result';
import { getJson } from './client';
import { RecentAnswers } from './recent';
import type { components } from './schema';
import { readFacets, readWeighted, type Facets, type Weighted } from './search_facets';
import { fieldByWord } from './search_fields';
import { appendConditions, kPageSize, type Condition, type SearchQuery } from './search_query';

type SearchAnswer = components['schemas']['SearchAnswer'];
type SearchHit = components['schemas']['Hit'];

export interface Hit {
  readonly id: CrashId;
  readonly kind: CrashKind;
  readonly time: Date | undefined;
  // By the names of fields; those without a value are not there.
  readonly values: ReadonlyMap<string, string>;
}

export interface SearchPage {
  readonly hits: readonly Hit[];
  readonly total: number;
  readonly weighted: Weighted | undefined;
  readonly facets: Facets;
  // Where the next page begins.
  readonly cursor: string | undefined;
}

const recent = new RecentAnswers<SearchPage>();

// The server does not search deeper than this by offset.
export const kMaxOffsetReach = 10_000;

// What a script would ask for the same page; shown to people as the API's address.
export function searchApiPath(query: SearchQuery): string {
  const parameters = new URLSearchParams();
  appendConditions(parameters, query.conditions);
  for (const column of new Set(['uuid', 'kind', ...query.columns])) parameters.append('_columns', column);
  for (const facet of query.facets) parameters.append('_facets', facet);
  for (const facet of query.facets)
    if (isMeasured(facet)) parameters.append('_facets', `_percentiles.${facet}`);
  for (const [name, value] of query.counts) parameters.append(name, value);
  const hasCounts = query.facets.length + query.counts.length > 0;
  parameters.set('_facets_size', String(hasCounts ? query.facetsSize : 0));
  parameters.set('_results_number', String(kPageSize));
  if (query.cursor !== undefined) parameters.set('_cursor', query.cursor);
  else if (query.page > 0) parameters.set('_results_offset', String(query.page * kPageSize));
  for (const field of query.sort) parameters.append('_sort', field);
  if (query.hasWeights) parameters.set('_weights', 'true');
  return `/api/SuperSearch/?${parameters.toString()}`;
}

// Whether the values of a field are amounts, whose distribution says more than the most frequent ones.
export function isMeasured(name: string): boolean {
  return fieldByWord(name)?.type === 'number' && !/(^|_)(id|time)$/.test(name);
}

export const kExportFormats = ['csv', 'json', 'jsonl', 'parquet'] as const;
export type ExportFormat = (typeof kExportFormats)[number];

// All crashes of the search, as a file.
export function exportPath(query: SearchQuery, format: ExportFormat): string {
  const parameters = new URLSearchParams();
  appendConditions(parameters, query.conditions);
  for (const column of new Set(['uuid', ...query.columns])) parameters.append('_columns', column);
  for (const field of query.sort) parameters.append('_sort', field);
  parameters.set('_format', format);
  return `/api/Export/?${parameters.toString()}`;
}

export function recentSearch(query: SearchQuery): SearchPage | undefined {
  return recent.find(searchApiPath(query));
}

export async function search(query: SearchQuery, signal: AbortSignal): Promise<Result<SearchPage>> {
  const path = searchApiPath(query);
  const answer = await getJson<SearchAnswer>(path, signal);
  if (!answer.ok) return answer;
  const page = readSearchPage(answer.value);
  recent.keep(path, page);
  return succeed(page);
}

export interface CountQuestion {
  readonly conditions: readonly Condition[];
  readonly facets?: readonly string[];
  readonly facetsSize?: number;
  // Further parameters, such as ["_aggs.kind", "platform"].
  readonly more?: readonly (readonly [string, string])[];
}

export interface Counted {
  readonly total: number;
  readonly weighted: Weighted | undefined;
  readonly facets: Facets;
}

const recentCounts = new RecentAnswers<Counted>();

export function countsApiPath({
  conditions,
  facets = [],
  facetsSize = 50,
  more = [],
}: CountQuestion): string {
  const parameters = new URLSearchParams();
  appendConditions(parameters, conditions);
  for (const facet of facets) parameters.append('_facets', facet);
  for (const [name, value] of more) parameters.append(name, value);
  parameters.set('_facets_size', String(facets.length === 0 ? 0 : facetsSize));
  parameters.set('_results_number', '0');
  return `/api/SuperSearch/?${parameters.toString()}`;
}

export function recentCountsOf(question: CountQuestion): Counted | undefined {
  return recentCounts.find(countsApiPath(question));
}

// Counts alone, without crashes.
export async function askCounts(question: CountQuestion, signal: AbortSignal): Promise<Result<Counted>> {
  const path = countsApiPath(question);
  const answer = await getJson<SearchAnswer>(path, signal);
  if (!answer.ok) return answer;
  const { total, weighted, facets } = readSearchPage(answer.value);
  recentCounts.keep(path, { total, weighted, facets });
  return succeed({ total, weighted, facets });
}

export function readSearchPage(answer: SearchAnswer): SearchPage {
  const hits = readList(answer.hits)
    .map(readHit)
    .filter((hit) => hit !== undefined);
  return {
    hits,
    total: readCount(answer.total) ?? hits.length,
    weighted: readWeighted(answer.weighted),
    facets: readFacets(answer.facets),
    cursor: readText(answer.cursor),
  };
}

function readHit(hit: SearchHit): Hit | undefined {
  const id = parseCrashId(hit.uuid);
  if (id === undefined) return undefined;
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(hit)) {
    const text = Array.isArray(value)
      ? value
          .map(readText)
          .filter((item) => item !== undefined)
          .join(', ')
      : readText(value);
    if (text !== undefined) values.set(name, text);
  }
  return { id, kind: hit.kind === 'ping' ? 'ping' : 'report', time: parseTime(hit.date), values };
}
