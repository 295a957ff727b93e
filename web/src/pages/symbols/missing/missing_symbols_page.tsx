// Modules whose symbols were wanted and are not there, those that most crashes wait for first.
import { useCallback, useMemo } from 'preact/hooks';
import type { VNode } from 'preact';
import { isUsualSorting, kMissingPageSize, missingApiPath, missingPath, parseMissingQuery, type MissingQuery } from '../../../api/missing_query';
import { askMissing, recentMissing, sortModules, type MissingPage } from '../../../api/missing_symbols';
import { countOf, formatCount } from '../../../base/format';
import type { PageProps } from '../../../base/page';
import { isPassing, problemWords, type Problem, type ProblemKind, type ProblemWords } from '../../../base/problem';
import { CopyButton } from '../../../widgets/copy_button';
import { DataTable } from '../../../widgets/data_table';
import { Loading, ProblemView } from '../../../widgets/problem_view';
import { useRemote } from '../../../widgets/use_remote';
import { useTimer } from '../../../widgets/use_timer';
import { useTitle } from '../../../widgets/use_title';
import { missingColumns } from './columns';
import { Filters } from './filters';
import { SymbolsFrame } from '../symbols_frame';
import { NothingMissing } from './nothing_missing';

const kRetryMs = 4000;

const kOwnWords: Partial<Record<ProblemKind, ProblemWords>> = {
  forbidden: {
    title: 'You may not see which symbols are missing',
    advice: 'The list is shown to those who may fetch symbols from this server. Ask whoever runs it for that permission.',
  },
  'bad-request': {
    title: 'The server does not understand this filter',
    advice: 'Correct it in the address, or choose a time above.',
  },
};

export function MissingSymbolsPage({ query: parameters, navigate }: PageProps): VNode {
  const query = useMemo(() => parseMissingQuery(parameters), [parameters.toString()]);
  const key = missingApiPath(query);
  const remote = useRemote<MissingPage>({ key, ask: (signal) => askMissing(query, signal), recent: recentMissing(query) });
  const { value: found, problem, valueKey, askAgain } = remote;
  useTimer(problem !== undefined && isPassing(problem.kind) ? kRetryMs : null, askAgain);
  useTitle(query.file === '' ? 'Missing symbols' : `Missing symbols: ${query.file}`);
  const late = valueKey !== key;
  return (
    <SymbolsFrame tab="/symbols/missing" title="Missing symbols" onMoved={askAgain} lead={<UploadHint origin={location.origin} />}>
      <Filters query={query} now={new Date()} navigate={navigate}>
        <strong role="status">{found === undefined || late ? '' : countOf(found.total, 'module', 'modules')}</strong>
      </Filters>
      {found !== undefined && problem !== undefined && <p class="trouble" role="alert">{problemWords(problem.kind).title}.</p>}
      {found === undefined ? <NoAnswer problem={problem} /> : (
        <div class={late ? 'late' : undefined} aria-busy={late}>
          <MissingList query={query} found={found} />
        </div>
      )}
    </SymbolsFrame>
  );
}

function NoAnswer({ problem }: { problem: Problem | undefined }): VNode {
  return problem === undefined ? <Loading /> : <ProblemView problem={problem} words={kOwnWords} />;
}

export function UploadHint({ origin }: { origin: string }): VNode {
  const command = `cairn symbols upload --url ${origin} --token TOKEN DIR`;
  const text = useCallback(() => command, [command]);
  return (
    <p class="upload-hint">
      <span>Upload the symbols and these crashes get their names at once:</span>
      <code>{command}</code>
      <CopyButton label="Copy" title="Copy the command" text={text} />
    </p>
  );
}

export function MissingList({ query, found }: { query: MissingQuery; found: MissingPage }): VNode {
  const rows = useMemo(
    () => (isUsualSorting(query.sorting) ? found.modules : sortModules(found.modules, query.sorting)),
    [found, query.sorting],
  );
  const columns = useMemo(() => missingColumns(query), [query]);
  if (rows.length === 0) return <NothingMissing query={query} total={found.total} />;
  return (
    <>
      <DataTable
        caption="Modules whose symbols are missing"
        name="missing"
        columns={columns}
        rows={rows}
        rowKey={(module) => module.key}
      />
      <Paging query={query} total={found.total} shown={rows.length} />
    </>
  );
}

function Paging({ query, total, shown }: { query: MissingQuery; total: number; shown: number }): VNode {
  const first = query.page * kMissingPageSize;
  const more = first + shown < total;
  return (
    <nav class="paging" aria-label="Pages">
      <span>{formatCount(first + 1)}–{formatCount(first + shown)} of {formatCount(total)}</span>
      {query.page > 0 && <a href={missingPath(query, { page: query.page - 1 })}>‹ Previous</a>}
      {more && <a href={missingPath(query, { page: query.page + 1 })}>Next ›</a>}
      {(query.page > 0 || more) && !isUsualSorting(query.sorting) && (
        <span>Sorted within this page; pages follow the number of crashes.</span>
      )}
      <a class="api" href={missingApiPath(query)} target="_blank" rel="noreferrer">Same data as JSON</a>
    </nav>
  );
}
