// What everybody may know of a ping: its signature, and how often that was seen. Single pings take a
// permission.
import type { CrashId } from '../base/crash_id';
import { succeed, type Result } from '../base/result';
import { getJson } from './client';
import type { components } from './schema';
import { readFacets, termsOf, type FacetTerm } from './search_facets';
import { appendConditions, daysUntilToday, exactSignature, type Condition } from './search_query';

type SearchAnswer = components['schemas']['SearchAnswer'];

export interface PingAggregates {
  readonly signature: string;
  readonly reports: number;
  readonly pings: number;
  // By field: its most frequent values.
  readonly facets: ReadonlyMap<string, readonly FacetTerm[]>;
}

const kFacets = ['kind', 'version', 'release_channel', 'platform', 'process_type'] as const;
const kTermsMax = 8;
const kDays = 90;
const kDayMs = 24 * 3_600_000;

// 'hidden': to this caller, pings do not count either.
export async function askPingAggregates(
  id: CrashId,
  signal: AbortSignal,
): Promise<Result<PingAggregates | 'hidden'>> {
  const first = await askFacets(
    [{ field: 'uuid', operator: '=', negated: false, value: id }],
    ['signature'],
    signal,
  );
  if (!first.ok) return first;
  const signature = termsOf(readFacets(first.value.facets), 'signature')[0]?.term;
  if (signature === undefined) return succeed('hidden');
  const counts = await askFacets([exactSignature(signature)], kFacets, signal);
  return counts.ok ? succeed(readPingAggregates(signature, counts.value)) : counts;
}

function askFacets(
  conditions: readonly Condition[],
  facets: readonly string[],
  signal: AbortSignal,
): Promise<Result<SearchAnswer>> {
  const parameters = new URLSearchParams();
  const now = new Date();
  appendConditions(parameters, [
    ...conditions,
    ...daysUntilToday(new Date(now.getTime() - kDays * kDayMs).toISOString().slice(0, 10), now),
  ]);
  for (const facet of facets) parameters.append('_facets', facet);
  parameters.set('_facets_size', String(kTermsMax));
  parameters.set('_results_number', '0');
  return getJson<SearchAnswer>(`/api/SuperSearch/?${parameters.toString()}`, signal);
}

export function readPingAggregates(signature: string, answer: SearchAnswer): PingAggregates {
  const facets = readFacets(answer.facets);
  const ofKind = (kind: string): number =>
    termsOf(facets, 'kind').find(({ term }) => term === kind)?.count ?? 0;
  return {
    signature,
    reports: ofKind('report'),
    pings: ofKind('ping'),
    facets: new Map(
      kFacets.filter((field) => field !== 'kind').map((field) => [field, termsOf(facets, field)]),
    ),
  };
}
