// Counts beside a search: terms of fields, buckets of histograms, single values; and the parameters that ask for them.
import { readCount, readList, readText } from '../base/json_read';
import type { components } from './schema';

type FacetsAnswer = components['schemas']['Facets'];
type WeightedAnswer = components['schemas']['Weighted'];

// An estimate of how many crashes happened, with its 95 % interval.
export interface Weighted {
  readonly count: number;
  readonly low: number;
  readonly high: number;
}

export interface FacetTerm {
  // Empty: the crashes have no value.
  readonly term: string;
  readonly count: number;
  readonly weighted: Weighted | undefined;
  readonly facets: Facets;
}

export interface Facets {
  readonly terms: ReadonlyMap<string, readonly FacetTerm[]>;
  readonly values: ReadonlyMap<string, number>;
  // By the name of the facet and the percentage.
  readonly percentiles: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

export const kNoFacets: Facets = { terms: new Map(), values: new Map(), percentiles: new Map() };

export function readNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function readWeighted(value: WeightedAnswer | undefined): Weighted | undefined {
  const count = readNumber(value?.count);
  if (count === undefined) return undefined;
  return { count, low: readNumber(value?.low) ?? count, high: readNumber(value?.high) ?? count };
}

export function readFacets(answer: FacetsAnswer | undefined): Facets {
  if (typeof answer !== 'object' || answer === null) return kNoFacets;
  const terms = new Map<string, readonly FacetTerm[]>();
  const values = new Map<string, number>();
  const percentiles = new Map<string, ReadonlyMap<number, number>>();
  for (const [name, facet] of Object.entries(answer)) {
    if (Array.isArray(facet)) {
      terms.set(name, readList(facet).map(readTerm));
      continue;
    }
    const value = readNumber(facet?.value);
    if (value !== undefined) values.set(name, value);
    if (facet?.values !== undefined) percentiles.set(name, readPercentiles(facet.values));
  }
  return { terms, values, percentiles };
}

function readTerm(term: components['schemas']['FacetTerm']): FacetTerm {
  return {
    term: readText(term.term) ?? '',
    count: readCount(term.count) ?? 0,
    weighted: readWeighted(term.weighted),
    facets: readFacets(term.facets),
  };
}

function readPercentiles(values: unknown): ReadonlyMap<number, number> {
  if (typeof values !== 'object' || values === null) return new Map();
  return new Map(
    Object.entries(values).flatMap(([percentage, value]) => {
      const number = readNumber(value);
      return number === undefined || !Number.isFinite(Number(percentage))
        ? []
        : [[Number(percentage), number] as const];
    }),
  );
}

export function termsOf(facets: Facets, name: string): readonly FacetTerm[] {
  return facets.terms.get(name) ?? [];
}
