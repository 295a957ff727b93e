// What the data dictionary shows, as the page's address holds it.
import type { Dictionary, Term } from './dictionary';

export interface DictionaryQuery {
  // Words that name or description hold.
  readonly text: string;
  readonly set: Term['set'] | undefined;
  readonly isPublic: boolean | undefined;
  readonly isSearchable: boolean;
}

const kPath = '/documentation/datadictionary';
export const kAllTerms: DictionaryQuery = {
  text: '',
  set: undefined,
  isPublic: undefined,
  isSearchable: false,
};

export function parseDictionaryQuery(parameters: URLSearchParams): DictionaryQuery {
  const set = parameters.get('set');
  const access = parameters.get('access');
  return {
    text: (parameters.get('q') ?? '').trim(),
    set: set === 'annotation' || set === 'field' ? set : undefined,
    isPublic: access === 'public' ? true : access === 'protected' ? false : undefined,
    isSearchable: parameters.get('search') === '1',
  };
}

export function dictionaryPath(query: DictionaryQuery, changes: Partial<DictionaryQuery> = {}): string {
  const { text, set, isPublic, isSearchable } = { ...query, ...changes };
  const parameters = new URLSearchParams();
  if (text !== '') parameters.set('q', text);
  if (set !== undefined) parameters.set('set', set);
  if (isPublic !== undefined) parameters.set('access', isPublic ? 'public' : 'protected');
  if (isSearchable) parameters.set('search', '1');
  const words = parameters.toString();
  return words === '' ? kPath : `${kPath}?${words}`;
}

export function findTerms(
  { annotations, fields }: Dictionary,
  { text, set, isPublic, isSearchable }: DictionaryQuery,
): readonly Term[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return [...annotations, ...fields].filter((term) => {
    if (set !== undefined && term.set !== set) return false;
    if (isPublic !== undefined && term.isPublic !== isPublic) return false;
    if (isSearchable && (term.search === undefined || !term.isPublic)) return false;
    const said = `${term.name} ${term.field ?? ''} ${term.description}`.toLowerCase();
    return words.every((word) => said.includes(word));
  });
}
