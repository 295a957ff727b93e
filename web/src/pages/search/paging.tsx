import type { VNode } from 'preact';
import { kPageSize, searchApiPath } from '../../api/search';
import { searchPath, type SearchQuery } from '../../api/search_query';
import { formatCount } from '../../base/format';

// The server does not search deeper than this (offset and number together).
const kMaxReach = 10_000;

export function Paging({ query, total, shown }: { query: SearchQuery; total: number; shown: number }): VNode {
  const first = query.page * kPageSize;
  const last = first + shown;
  const reachable = Math.min(total, kMaxReach);
  const older = last < reachable && last + kPageSize <= kMaxReach;
  return (
    <nav class="paging" aria-label="Pages">
      <span>{shown === 0 ? 'None' : `${formatCount(first + 1)}–${formatCount(last)}`} of {formatCount(total)}</span>
      <PageLink text="‹ Newer" path={query.page > 0 ? searchPath(query.conditions, query.page - 1, kPageSize) : undefined} />
      <PageLink text="Older ›" path={older ? searchPath(query.conditions, query.page + 1, kPageSize) : undefined} />
      <a class="api" href={searchApiPath(query)} target="_blank" rel="noreferrer">Same data as JSON</a>
    </nav>
  );
}

function PageLink({ text, path }: { text: string; path: string | undefined }): VNode {
  // Without a page to go to the word keeps its place, so that the other does not move.
  return path === undefined ? <span class="off" aria-hidden="true">{text}</span> : <a href={path}>{text}</a>;
}
