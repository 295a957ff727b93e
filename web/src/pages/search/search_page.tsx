// The newest crashes, or those that a query finds.
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { VNode } from 'preact';
import type { FlameThread } from '../../api/flame';
import { recentSearch, search, searchApiPath, type Hit, type SearchPage as Found } from '../../api/search';
import {
  isStackField,
  parseSearchParameters,
  queryPath,
  searchText,
  type Condition,
  type SearchQuery,
} from '../../api/search_query';
import { reportPath } from '../../base/crash_id';
import type { PageProps } from '../../base/page';
import { isPassing, type Problem } from '../../base/problem';
import { ColumnChoice } from '../../widgets/column_choice';
import { Conditions } from '../../widgets/conditions';
import { crashColumns } from '../../widgets/crash_columns';
import { DataTable } from '../../widgets/data_table';
import { NothingFound } from '../../widgets/nothing_found';
import { Loading, ProblemView } from '../../widgets/problem_view';
import { Paging } from '../../widgets/paging';
import { useRemote } from '../../widgets/use_remote';
import { useTimer } from '../../widgets/use_timer';
import { useTitle } from '../../widgets/use_title';
import { Facets } from './facets';
import { useFields } from '../../widgets/field_select';
import { FlameView } from './flame_view';
import { Histogram } from './histogram';
import { QueryRows } from './query_form';
import { Share } from './share';
import { StackForm } from './stack_form';
import { StatusLine } from './status_line';
import './search.css';

// New crashes appear within this time; a search costs the server some milliseconds.
const kRefreshMs = 4000;
// Bars change less than rows do.
const kTurnsPerHistogram = 5;

export function SearchPage({ query: parameters, navigate }: PageProps): VNode {
  useFields();
  const query = useMemo(() => parseSearchParameters(parameters), [parameters.toString()]);
  const [live, setLive] = useState(true);
  const [turn, setTurn] = useState(0);
  const key = searchApiPath(query);
  const remote = useRemote<Found>({
    key,
    ask: (signal) => search(query, signal),
    recent: recentSearch(query),
  });
  const { value: found, problem, valueKey } = remote;
  // Older pages, and other orders, shift with every new crash: they stay as they are.
  const isNewest = query.page === 0 && query.sort[0] === '-date';
  useTimer((problem === undefined ? live && isNewest : isPassing(problem.kind)) ? kRefreshMs : null, () => {
    remote.askAgain();
    setTurn((before) => before + 1);
  });
  useTitle(query.conditions.length === 0 ? 'Newest crashes' : searchText(query.conditions));
  const steady = useSteadyHits(found?.hits ?? [], valueKey ?? '');

  return (
    <div class="search-page">
      <h1 class="hidden">
        {query.conditions.length === 0 ? 'Newest crashes' : 'Crashes that match the search'}
      </h1>
      <StatusLine
        total={found?.total}
        weighted={found?.weighted}
        query={query}
        problem={found === undefined ? undefined : problem}
        live={live}
        onLive={setLive}
        waiting={steady.waiting}
      >
        <Share query={query} />
      </StatusLine>
      <Conditions conditions={query.conditions} pathOf={(conditions) => queryPath(query, { conditions })} />
      <Builder query={query} navigate={navigate} />
      {found === undefined ? (
        <NoAnswer problem={problem} />
      ) : (
        <Results
          query={query}
          found={found}
          hits={steady.hits}
          isLate={valueKey !== key}
          onBusy={steady.onBusy}
          navigate={navigate}
          turn={Math.floor(turn / kTurnsPerHistogram)}
          thread={parameters.get('thread') === 'any' ? 'any' : 'crashing'}
        />
      )}
    </div>
  );
}

function NoAnswer({ problem }: { problem: Problem | undefined }): VNode {
  return problem === undefined ? <Loading /> : <ProblemView problem={problem} />;
}

interface ResultsProps {
  readonly query: SearchQuery;
  readonly found: Found;
  readonly hits: readonly Hit[];
  readonly isLate: boolean;
  readonly onBusy: (busy: boolean) => void;
  readonly navigate: (path: string) => void;
  readonly turn: number;
  readonly thread: FlameThread;
}

function Results({ query, found, hits, isLate, onBusy, navigate, turn, thread }: ResultsProps): VNode {
  const onOpen = useCallback((hit: Hit) => navigate(reportPath(hit.id)), [navigate]);
  const pathOf = useCallback((change: Partial<SearchQuery>) => queryPath(query, change), [query]);
  const columns = useMemo(() => crashColumns(query, pathOf), [query, pathOf]);
  if (found.total === 0 && hits.length === 0)
    return (
      <NothingFound conditions={query.conditions} pathOf={(conditions) => queryPath(query, { conditions })} />
    );
  return (
    <div class={isLate ? 'columns late' : 'columns'} aria-busy={isLate}>
      <div class="main">
        <Histogram query={query} navigate={navigate} turn={turn} />
        <Views query={query} />
        {query.view === 'flame' ? (
          <FlameView query={query} thread={thread} pathOf={threadPath(query)} navigate={navigate} />
        ) : (
          <>
            <DataTable
              caption={query.sort[0] === '-date' ? 'Crashes, newest first' : 'Crashes'}
              name="crashes"
              columns={columns}
              rows={hits}
              rowKey={(hit) => hit.id}
              onOpen={onOpen}
              onBusy={onBusy}
              tools={{
                canChoose: false,
                beside: (
                  <ColumnChoice
                    columns={query.columns}
                    onChange={(names) => navigate(pathOf({ columns: names }))}
                  />
                ),
              }}
            />
            <Paging query={query} found={{ ...found, hits }} pathOf={pathOf} />
          </>
        )}
      </div>
      <Facets query={query} found={found} navigate={navigate} />
    </div>
  );
}

function threadPath(query: SearchQuery): (change: Partial<SearchQuery>, thread: FlameThread) => string {
  return (change, thread) => `${queryPath(query, change)}${thread === 'any' ? '&thread=any' : ''}`;
}

function Views({ query }: { query: SearchQuery }): VNode {
  return (
    <nav class="tabs small" aria-label="View">
      <a
        href={queryPath(query, { view: 'crashes' })}
        aria-current={query.view === 'crashes' ? 'page' : undefined}
      >
        Crashes
      </a>
      <a
        href={queryPath(query, { view: 'flame' })}
        aria-current={query.view === 'flame' ? 'page' : undefined}
      >
        Stacks
      </a>
    </nav>
  );
}

// Conditions and stacks as forms. What is written is searched by the button, or by Enter.
function Builder({ query, navigate }: { query: SearchQuery; navigate: (path: string) => void }): VNode {
  const [draft, setDraft] = useState(query.conditions);
  const key = JSON.stringify(query.conditions);
  useEffect(() => setDraft(query.conditions), [key]);
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    navigate(queryPath(query, { conditions: draft.filter(({ value }) => value.trim() !== '') }));
  };
  const isChanged = JSON.stringify(draft) !== key;
  const addStack = (): readonly Condition[] => [
    ...draft,
    { field: 'stack(crashing)', operator: '', negated: false, value: '' },
  ];
  return (
    <details class="block builder">
      <summary
        onClick={() =>
          draft.length === 0 && setDraft([{ field: 'product', operator: '', negated: false, value: '' }])
        }
      >
        Edit the search
      </summary>
      <form onSubmit={onSubmit}>
        <QueryRows conditions={draft} onChange={setDraft} />
        {draft.some(({ field }) => isStackField(field)) ? (
          <StackForm conditions={draft} onChange={setDraft} />
        ) : (
          <button type="button" onClick={() => setDraft(addStack())}>
            Add a search for a stack
          </button>
        )}
        <p class="send">
          <button type="submit" class="primary">
            Search
          </button>
          {isChanged && (
            <button type="button" onClick={() => setDraft(query.conditions)}>
              As it was
            </button>
          )}
        </p>
      </form>
    </details>
  );
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
