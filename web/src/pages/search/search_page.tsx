// The newest crashes, or those that a query finds.
import { useCallback, useMemo, useRef, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import { kPageSize, recentSearch, search, searchApiPath, type Hit, type SearchPage as Found } from '../../api/search';
import { exactBucket, parseSearchParameters, sameCondition, searchPath, searchText, type Condition, type SearchQuery } from '../../api/search_query';
import { reportPath } from '../../base/crash_id';
import type { PageProps } from '../../base/page';
import { isPassing, type Problem } from '../../base/problem';
import { DataTable } from '../../widgets/data_table';
import { FacetList } from '../../widgets/facet_list';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { useRemote } from '../../widgets/use_remote';
import { useTimer } from '../../widgets/use_timer';
import { useTitle } from '../../widgets/use_title';
import { kCrashColumns } from './columns';
import { Conditions } from './conditions';
import { Paging } from './paging';
import { StatusLine } from './status_line';

// New crashes appear within this time; a search costs the server some milliseconds.
const kRefreshMs = 4000;

export function SearchPage({ query: parameters, navigate }: PageProps): VNode {
  const query = useMemo(() => parseSearchParameters(parameters, kPageSize), [parameters.toString()]);
  const [live, setLive] = useState(true);
  const key = searchApiPath(query);
  const remote = useRemote<Found>({ key, ask: (signal) => search(query, signal), recent: recentSearch(query) });
  const { value: found, problem, valueKey } = remote;
  // Older pages shift with every new crash: they stay as they are.
  const follow = problem === undefined ? live && query.page === 0 : isPassing(problem.kind);
  useTimer(follow ? kRefreshMs : null, remote.askAgain);
  useTitle(query.conditions.length === 0 ? 'Newest crashes' : searchText(query.conditions));
  const steady = useSteadyHits(found?.hits ?? [], valueKey ?? '');
  const onOpen = useCallback((hit: Hit) => navigate(reportPath(hit.id)), [navigate]);

  const late = valueKey !== key;
  return (
    <div class="search-page">
      <h1 class="hidden">{query.conditions.length === 0 ? 'Newest crashes' : 'Crashes that match the search'}</h1>
      <StatusLine
        total={found?.total}
        query={query}
        problem={found === undefined ? undefined : problem}
        live={live}
        onLive={setLive}
        waiting={steady.waiting}
      />
      <Conditions conditions={query.conditions} />
      {found === undefined ? <NoAnswer problem={problem} /> : (
        <div class={late ? 'columns late' : 'columns'} aria-busy={late}>
          <div class="main">
            {found.hits.length === 0 ? <NothingFound query={query} /> : (
              <DataTable
                caption="Crashes, newest first"
                name="crashes"
                columns={kCrashColumns}
                rows={steady.hits}
                rowKey={(hit) => hit.id}
                onOpen={onOpen}
                onBusy={steady.onBusy}
              />
            )}
            <Paging query={query} total={found.total} shown={steady.hits.length} />
          </div>
          <aside>
            <FacetList title="Top signatures" entries={signatureEntries(found, query.conditions)} />
          </aside>
        </div>
      )}
    </div>
  );
}

function NoAnswer({ problem }: { problem: Problem | undefined }): VNode {
  return problem === undefined ? <Loading /> : <ProblemView problem={problem} />;
}

interface SteadyHits {
  readonly hits: readonly Hit[];
  // Crashes that are known but not shown yet.
  readonly waiting: number;
  readonly onBusy: (busy: boolean) => void;
}

// Holds the rows still while the pointer is over them; what is new waits until it leaves.
function useSteadyHits(hits: readonly Hit[], key: string): SteadyHits {
  const [busy, setBusy] = useState(false);
  const shown = useRef({ hits, key });
  if (!busy || shown.current.key !== key || shown.current.hits.length === 0) shown.current = { hits, key };
  const known = new Set(shown.current.hits.map((hit) => hit.id));
  const waiting = hits.filter((hit) => !known.has(hit.id)).length;
  return { hits: shown.current.hits, waiting, onBusy: setBusy };
}

function signatureEntries(found: Found, conditions: readonly Condition[]) {
  return found.buckets.map(({ term, count }) => {
    const exact = exactBucket(term);
    const others = conditions.filter(({ field }) => field !== 'signature' && field !== 'bucket');
    const chosen = conditions.some((condition) => sameCondition(condition, exact));
    return { term, count, chosen, href: searchPath([...others, exact]) };
  });
}

function NothingFound({ query }: { query: SearchQuery }): VNode {
  const narrowed = query.conditions.length > 0;
  return (
    <section class="problem">
      <h2>{narrowed ? 'No crash matches' : 'No crash yet'}</h2>
      <p>{narrowed
        ? 'Nothing in this time fulfils all conditions. Take one away above, or choose a longer time.'
        : 'Crashes appear here within seconds of their arrival.'}
      </p>
    </section>
  );
}
