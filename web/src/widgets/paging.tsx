import type { VNode } from 'preact';
import { kMaxOffsetReach, searchApiPath, type SearchPage } from '../api/search';
import { kPageSize, type SearchQuery } from '../api/search_query';
import { formatCount } from '../base/format';

// Where the pages before a cursor began, as far as this tab has come by them.
const cursorBefore = new Map<string, string | undefined>();

export interface PagingProps {
  readonly query: SearchQuery;
  readonly found: SearchPage;
  // Of the page with a changed query. A change leads to the first page, unless it names another.
  readonly pathOf: (change: Partial<SearchQuery>) => string;
}

export function Paging({ query, found, pathOf }: PagingProps): VNode {
  const first = query.page * kPageSize;
  const last = first + found.hits.length;
  return (
    <nav class="paging" aria-label="Pages">
      <span>
        {found.hits.length === 0 ? 'None' : `${formatCount(first + 1)}–${formatCount(last)}`} of{' '}
        {formatCount(found.total)}
      </span>
      {query.page > 1 && <a href={pathOf({})}>« First</a>}
      <PageLink text="‹ Before" path={pathBefore(query, pathOf)} />
      <PageLink text="Next ›" path={pathAfter(query, found, pathOf)} />
      <a class="api" href={searchApiPath(query)} target="_blank" rel="noreferrer">
        Same data as JSON
      </a>
    </nav>
  );
}

// By the cursor that the server gave; by offset where it gives none.
function pathAfter(query: SearchQuery, found: SearchPage, pathOf: PagingProps['pathOf']): string | undefined {
  if (found.cursor !== undefined) {
    cursorBefore.set(found.cursor, query.cursor);
    return pathOf({ page: query.page + 1, cursor: found.cursor });
  }
  const last = query.page * kPageSize + found.hits.length;
  const hasMore =
    query.cursor === undefined &&
    last < found.total &&
    found.hits.length === kPageSize &&
    last + kPageSize <= kMaxOffsetReach;
  return hasMore ? pathOf({ page: query.page + 1 }) : undefined;
}

function pathBefore(query: SearchQuery, pathOf: PagingProps['pathOf']): string | undefined {
  if (query.page === 0) return undefined;
  if (query.cursor === undefined) return pathOf({ page: query.page - 1 });
  return cursorBefore.has(query.cursor)
    ? pathOf({ page: query.page - 1, cursor: cursorBefore.get(query.cursor) })
    : undefined;
}

function PageLink({ text, path }: { text: string; path: string | undefined }): VNode {
  // Without a page to go to the word keeps its place, so that the other does not move.
  return path === undefined ? (
    <span class="off" aria-hidden="true">
      {text}
    </span>
  ) : (
    <a href={path}>{text}</a>
  );
}
