// Counts within counts as tables: what an address asks for by `_aggs.product=version` or `_histogram.date=product`.
import { fieldTitle } from './search_fields';
import { kNoFacets, type Facets, type FacetTerm } from './search_facets';
import { termText } from './search_query';

export interface InnerCounts {
  // Of the facets from the outermost on: "Product / Version".
  readonly title: string;
  // Each named by its terms from the outermost on.
  readonly terms: readonly FacetTerm[];
  // false: they are no counts of crashes, but numbers such as that of distinct values.
  readonly areCounts: boolean;
}

const kMeasures = /^(histogram|cardinality|min|max|avg|sum)_(.+)$/;
const kMeasureWords: Readonly<Record<string, (title: string) => string>> = {
  histogram: (title) => title,
  cardinality: (title) => `distinct: ${title}`,
  min: (title) => `least: ${title}`,
  max: (title) => `largest: ${title}`,
  avg: (title) => `average: ${title}`,
  sum: (title) => `sum: ${title}`,
};

function facetTitle(name: string): string {
  const measure = kMeasures.exec(name);
  const words = kMeasureWords[measure?.[1] ?? ''];
  return words === undefined ? fieldTitle(name) : words(fieldTitle(measure?.[2] ?? ''));
}

const fieldOf = (name: string): string => kMeasures.exec(name)?.[2] ?? name;

// Those of the outermost facets that `isShown` names stand elsewhere already.
export function innerCounts(facets: Facets, isShown: (name: string) => boolean): readonly InnerCounts[] {
  const tables = new Map<string, InnerCounts & { readonly terms: FacetTerm[] }>();
  const add = (titles: readonly string[], row: FacetTerm, areCounts: boolean): void => {
    const title = titles.join(' / ');
    const table = tables.get(title) ?? { title, terms: [], areCounts };
    table.terms.push(row);
    tables.set(title, table);
  };
  const visit = (inner: Facets, titles: readonly string[], words: readonly string[]): void => {
    for (const [name, value] of inner.values) {
      const term = words.join(' / ');
      add([...titles, facetTitle(name)], { term, count: value, weighted: undefined, facets: kNoFacets }, false);
    }
    for (const [name, terms] of inner.terms) {
      const isSeen = titles.length === 0 && isShown(name);
      for (const term of terms) {
        const [path, at] = [[...titles, facetTitle(name)], [...words, termText(fieldOf(name), term.term)]];
        if (!isSeen) add(path, { ...term, term: at.join(' / ') }, true);
        visit(term.facets, path, at);
      }
    }
  };
  visit(facets, [], []);
  return [...tables.values()];
}
