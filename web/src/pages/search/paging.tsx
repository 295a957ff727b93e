import type { VNode } from 'preact';
import { kMaxOffsetReach, searchApiPath, type SearchPage } from '../../api/search';
import { kPageSize, queryPath, type SearchQuery } from '../../api/search_query';
import { formatCount } from '../../base/format';

// Where the pages before a cursor began, as far as this tab has come by them.
const cursorBefore = new Map<string, string | undefined>();

export function Paging({ query, found }: { query: SearchQuery; found: SearchPage }): VNode {
  const first = query.page * kPageSize;
  const last = first + found.hits.length;
  return (
    <nav class="paging" aria-label="Pages">
      <span>{found.hits.length === 0 ? 'None' : `${formatCount(first + 1)}–${formatCount(last)}`} of {formatCount(found.total)}</span>
      {query.page > 1 && <a href={queryPath(query)}>« First</a>}
      <PageLink text="‹ Before" path={pathBefore(query)} />
      <PageLink text="Next ›" path={pathAfter(query, found, last)} />
      <a class="api" href={searchApiPath(query)} target="_blank" rel="noreferrer">Same data as JSON</a>
    </nav>
  );
}

// By the cursor that the server gave; by offset where it gives none.
function pathAfter(query: SearchQuery, found: SearchPage, last: number): string | undefined {
  if (found.cursor !== undefined) {
    cursorBefore.set(found.cursor, query.cursor);
    return queryPath(query, { page: query.page + 1, cursor: found.cursor });
  }
  const hasMore = query.cursor === undefined && last < found.total && found.hits.length === kPageSize && last + kPageSize <= kMaxOffsetReach;
  return hasMore ? queryPath(query, { page: query.page + 1 }) : undefined;
}

function pathBefore(query: SearchQuery): string | undefined {
  if (query.page === 0) return undefined;
  if (query.cursor === undefined) return queryPath(query, { page: query.page - 1 });
  return cursorBefore.has(query.cursor) ? queryPath(query, { page: query.page - 1, cursor: cursorBefore.get(query.cursor) }) : undefined;
}

function PageLink({ text, path }: { text: string; path: string | undefined }): VNode {
  // Without a page to go to the word keeps its place, so that the other does not move.
  return path === undefined ? <span class="off" aria-hidden="true">{text}</span> : <a href={path}>{text}</a>;
}
