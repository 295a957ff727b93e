// What the page of missing symbols shows, in its two forms: the page's URL and the parameters of the API. `file` and
// `date` are the same in both, so that a list can be carried to a script by its URL.

export type SortKey = 'file' | 'id' | 'crashes' | 'clients' | 'requests' | 'downloads' | 'first' | 'last';

export interface Sorting {
  readonly key: SortKey;
  readonly descending: boolean;
}

export interface MissingQuery {
  // A part of a file's name; empty: all.
  readonly file: string;
  // Bounds as the API takes them (">=2026-11-01"); none: all days that are kept.
  readonly dates: readonly string[];
  readonly sorting: Sorting;
  // Counted from 0.
  readonly page: number;
}

export const kMissingPageSize = 200;
const kPagePath = '/symbols/missing';

// The server's own order.
const kUsualSorting: Sorting = { key: 'crashes', descending: true };
const kSortKeys: readonly string[] = ['file', 'id', 'crashes', 'clients', 'requests', 'downloads', 'first', 'last'] satisfies SortKey[];

export const kAllMissing: MissingQuery = { file: '', dates: [], sorting: kUsualSorting, page: 0 };

export function parseMissingQuery(parameters: URLSearchParams): MissingQuery {
  const offset = Number(parameters.get('_results_offset') ?? '0');
  return {
    file: (parameters.get('file') ?? '').trim(),
    dates: parameters.getAll('date').filter((date) => date !== ''),
    sorting: parseSorting(parameters.get('sort') ?? ''),
    page: Number.isSafeInteger(offset) && offset > 0 ? Math.floor(offset / kMissingPageSize) : 0,
  };
}

function parseSorting(text: string): Sorting {
  const descending = text.startsWith('-');
  const key = descending ? text.slice(1) : text;
  return kSortKeys.includes(key) ? { key: key as SortKey, descending } : kUsualSorting;
}

// What both forms and the CSV file share.
function filters({ file, dates }: MissingQuery): URLSearchParams {
  const parameters = new URLSearchParams();
  if (file !== '') parameters.set('file', file);
  for (const date of dates) parameters.append('date', date);
  return parameters;
}

function withParameters(path: string, parameters: URLSearchParams): string {
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
}

// Another filter or order begins at the first page.
export function missingPath(query: MissingQuery, changes: Partial<MissingQuery> = {}): string {
  const shown = { ...query, page: 0, ...changes };
  const { page, sorting } = shown;
  const parameters = filters(shown);
  if (!isUsualSorting(sorting)) parameters.set('sort', `${sorting.descending ? '-' : ''}${sorting.key}`);
  if (page > 0) parameters.set('_results_offset', String(page * kMissingPageSize));
  return withParameters(kPagePath, parameters);
}

// The order is made by the page, of what it has.
export function missingApiPath(query: MissingQuery): string {
  const parameters = filters(query);
  parameters.set('_results_number', String(kMissingPageSize));
  if (query.page > 0) parameters.set('_results_offset', String(query.page * kMissingPageSize));
  return withParameters('/api/MissingSymbols/', parameters);
}

// Of all pages.
export function missingCsvPath(query: MissingQuery): string {
  return withParameters('/missingsymbols.csv', filters(query));
}

export function isUsualSorting({ key, descending }: Sorting): boolean {
  return key === kUsualSorting.key && descending === kUsualSorting.descending;
}

const kDateWords = new Map([['>=', 'from'], ['>', 'after'], ['<=', 'until'], ['<', 'before'], ['=', 'on'], ['', 'on']]);

// ">=2026-11-01" is "from 2026-11-01".
export function dateWords(date: string): string {
  const operator = /^(?:[<>]=?|=)?/.exec(date)?.[0] ?? '';
  return `${kDateWords.get(operator) ?? ''} ${date.slice(operator.length)}`;
}
