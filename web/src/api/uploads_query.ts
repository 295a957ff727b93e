// What the page of uploads shows, in its two forms: the page's URL and the parameters of the API. All but `page` are
// the same in both.

export interface UploadsQuery {
  // Words that the name of one of an upload's files holds: parts of file names and debug ids.
  readonly key: string;
  readonly user: string;
  readonly product: string;
  readonly class: 'regular' | 'try' | undefined;
  readonly complete: boolean | undefined;
  // The largest first, not the newest.
  readonly bySize: boolean;
  // Counted from 0.
  readonly page: number;
}

const kPagePath = '/symbols/uploads';

export const kAllUploads: UploadsQuery = {
  key: '', user: '', product: '', class: undefined, complete: undefined, bySize: false, page: 0,
};

export function parseUploadsQuery(parameters: URLSearchParams): UploadsQuery {
  const text = (name: string): string => (parameters.get(name) ?? '').trim();
  const isTry = parseFlag(text('try'));
  const page = Number(parameters.get('page') ?? '1');
  return {
    key: text('key'),
    user: text('user'),
    product: text('product'),
    class: isTry === undefined ? undefined : isTry ? 'try' : 'regular',
    complete: parseFlag(text('complete')),
    bySize: text('sort') === 'size',
    page: Number.isSafeInteger(page) && page > 1 ? page - 1 : 0,
  };
}

function parseFlag(text: string): boolean | undefined {
  return text === '1' ? true : text === '0' ? false : undefined;
}

function withParameters(path: string, query: UploadsQuery): string {
  const parameters = new URLSearchParams();
  for (const name of ['key', 'user', 'product'] as const) {
    if (query[name] !== '') parameters.set(name, query[name]);
  }
  if (query.class !== undefined) parameters.set('try', query.class === 'try' ? '1' : '0');
  if (query.complete !== undefined) parameters.set('complete', query.complete ? '1' : '0');
  if (query.bySize) parameters.set('sort', 'size');
  if (query.page > 0) parameters.set('page', String(query.page + 1));
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
}

// Another filter or order begins at the first page.
export function uploadsPath(query: UploadsQuery, changes: Partial<UploadsQuery> = {}): string {
  return withParameters(kPagePath, { ...query, page: 0, ...changes });
}

export function uploadsApiPath(query: UploadsQuery): string {
  return withParameters('/api/uploads/', query);
}

// The filters in force, in words, each with the page that lacks it.
export function uploadFilters(query: UploadsQuery): readonly { readonly words: string; readonly without: string }[] {
  const filters: { words: string; without: string }[] = [];
  const add = (isSet: boolean, words: string, without: Partial<UploadsQuery>): void => {
    if (isSet) filters.push({ words, without: uploadsPath(query, without) });
  };
  add(query.key !== '', `a file with “${query.key}” in its name or id`, { key: '' });
  add(query.user !== '', `the uploader ${query.user}`, { user: '' });
  add(query.product !== '', `the product ${query.product}`, { product: '' });
  add(query.class !== undefined, `the class ${query.class ?? ''}`, { class: undefined });
  add(query.complete !== undefined, query.complete === true ? 'a complete end' : 'no end', { complete: undefined });
  return filters;
}
