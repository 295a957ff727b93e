// What everybody may know of a ping: how many there are like it, if enough clients sent them. Single pings take a
// permission.
import type { CrashId } from '../base/crash_id';
import { readCount, readText } from '../base/json_read';
import { succeed, type Result } from '../base/result';
import { getJson } from './client';
import type { components } from './schema';
import { readFacets, termsOf, type Facets, type FacetTerm } from './search_facets';

type Answer = components['schemas']['PingAggregates'];

export interface PingAggregates {
  readonly days: number;
  // The fewest clients whose group is told of.
  readonly clientsMin: number;
  // undefined: it is a group of fewer.
  readonly group: PingGroup | undefined;
}

export interface PingGroup {
  readonly signature: string;
  readonly product: string;
  readonly pings: number;
  readonly clients: number;
  readonly facets: Facets;
}

// Those of one ping's signature and product, or of a group by its name.
export type PingsAsked = { readonly crash_id: CrashId } | { readonly signature: string; readonly product: string };

export function pingAggregatesPath(asked: PingsAsked): string {
  return `/api/PingAggregates/?${new URLSearchParams({ ...asked })}`;
}

export async function askPingAggregates(
  asked: PingsAsked,
  signal: AbortSignal,
): Promise<Result<PingAggregates>> {
  const answer = await getJson<Answer>(pingAggregatesPath(asked), signal);
  return answer.ok ? succeed(readPingAggregates(answer.value)) : answer;
}

export function readPingAggregates(answer: Answer): PingAggregates {
  const signature = readText(answer.signature);
  const facets = readFacets(answer.facets);
  return {
    days: readCount(answer.days) ?? 0,
    clientsMin: readCount(answer.clients_min) ?? 0,
    group:
      signature === undefined
        ? undefined
        : {
            signature,
            product: readText(answer.product) ?? '',
            pings: readCount(answer.pings) ?? 0,
            clients: clientsOf(facets),
            facets,
          },
  };
}

function clientsOf(facets: Facets): number {
  return facets.values.get('cardinality_client') ?? 0;
}

export interface PingCount {
  readonly term: string;
  readonly pings: number;
  readonly clients: number;
}

export function countsOf(group: PingGroup, field: string): readonly PingCount[] {
  return termsOf(group.facets, field).map(({ term, count, facets }: FacetTerm) => ({
    term,
    pings: count,
    clients: clientsOf(facets),
  }));
}
