// Search: one page of crashes and the counts beside it.
import { parseCrashId, type CrashId } from '../base/crash_id';
import type { CrashKind } from '../base/crash';
import { parseTime } from '../base/format';
import { readCount, readList, readText } from '../base/json_read';
import { succeed, type Result } from '../base/result';
import { getJson } from './client';
import { RecentAnswers } from './recent';
import type { components } from './schema';
import { readFacets, termsOf } from './search_facets';
import { appendConditions, type SearchQuery } from './search_query';

export const kPageSize = 50;
const kFacetSize = 20;
const kColumns = ['uuid', 'date', 'kind', 'signature', 'product', 'version', 'release_channel', 'reason', 'platform'];

type SearchAnswer = components['schemas']['SearchAnswer'];
type SearchHit = components['schemas']['Hit'];

export interface Hit {
  readonly id: CrashId;
  readonly kind: CrashKind;
  readonly time: Date | undefined;
  readonly signature: string | undefined;
  readonly product: string | undefined;
  readonly version: string | undefined;
  readonly channel: string | undefined;
  readonly reason: string | undefined;
  readonly platform: string | undefined;
}

export interface FacetTerm {
  readonly term: string;
  readonly count: number;
}

export interface SearchPage {
  readonly hits: readonly Hit[];
  readonly total: number;
  // Signatures; where symbols are missing, with the group in brackets.
  readonly buckets: readonly FacetTerm[];
}

const recent = new RecentAnswers<SearchPage>();

// What a script would ask for the same page; shown to people as the API's address.
export function searchApiPath(query: SearchQuery): string {
  const parameters = new URLSearchParams();
  appendConditions(parameters, query.conditions);
  for (const column of kColumns) parameters.append('_columns', column);
  parameters.set('_facets', 'bucket');
  parameters.set('_facets_size', String(kFacetSize));
  parameters.set('_results_number', String(kPageSize));
  if (query.page > 0) parameters.set('_results_offset', String(query.page * kPageSize));
  parameters.set('_sort', '-date');
  return `/api/SuperSearch/?${parameters.toString()}`;
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

export function readSearchPage(answer: SearchAnswer): SearchPage {
  const hits = readList(answer.hits).map(readHit).filter((hit) => hit !== undefined);
  return {
    hits,
    total: readCount(answer.total) ?? hits.length,
    buckets: termsOf(readFacets(answer.facets), 'bucket'),
  };
}

function readHit(hit: SearchHit): Hit | undefined {
  const id = parseCrashId(hit.uuid);
  if (id === undefined) return undefined;
  return {
    id,
    kind: hit.kind === 'ping' ? 'ping' : 'report',
    time: parseTime(hit.date),
    signature: readText(hit.signature),
    product: readText(hit.product),
    version: readText(hit.version),
    channel: readText(hit.release_channel),
    reason: readText(hit.reason),
    platform: readText(hit.platform),
  };
}
