// Who uploaded which symbols and when.
import { useMemo } from 'preact/hooks';
import type { VNode } from 'preact';
import { askUploads, recentUploadsPage, uploadPath, type UploadsPage as Found } from '../../../api/uploads';
import { parseUploadsQuery, uploadFilters, uploadsApiPath, uploadsPath, type UploadsQuery } from '../../../api/uploads_query';
import { countOf, formatCount } from '../../../base/format';
import type { PageProps } from '../../../base/page';
import { isPassing, problemWords } from '../../../base/problem';
import { Choices } from '../../../widgets/choices';
import { DataTable } from '../../../widgets/data_table';
import { EmptyList } from '../../../widgets/empty_list';
import { Loading, ProblemView } from '../../../widgets/problem_view';
import { TextFilter } from '../../../widgets/text_filter';
import { useRemote } from '../../../widgets/use_remote';
import { useTimer } from '../../../widgets/use_timer';
import { useTitle } from '../../../widgets/use_title';
import { SymbolsFrame } from '../symbols_frame';
import { kUploadWords } from '../words';
import { uploadColumns } from './columns';

const kRetryMs = 4000;

export function UploadsPage({ query: parameters, navigate }: PageProps): VNode {
  const query = useMemo(() => parseUploadsQuery(parameters), [parameters.toString()]);
  const key = uploadsApiPath(query);
  const remote = useRemote<Found>({ key, ask: (signal) => askUploads(query, signal), recent: recentUploadsPage(query) });
  const { value: found, problem, valueKey, askAgain } = remote;
  useTimer(problem !== undefined && isPassing(problem.kind) ? kRetryMs : null, askAgain);
  useTitle('Symbol uploads');
  const late = valueKey !== key;
  const isRefused = problem?.kind === 'forbidden';
  return (
    <SymbolsFrame tab="/symbols/uploads" title="Symbol uploads" onMoved={askAgain}>
      {!isRefused && (
        <Filters query={query} canViewAll={found?.canViewAll === true} navigate={navigate}>
          {found === undefined || late ? '' : countOf(found.total, 'upload', 'uploads')}
        </Filters>
      )}
      {found !== undefined && problem !== undefined && <p class="trouble" role="alert">{problemWords(problem.kind).title}.</p>}
      {found === undefined
        ? (problem === undefined ? <Loading /> : <ProblemView problem={problem} words={kUploadWords} />)
        : (
          <div class={late ? 'late' : undefined} aria-busy={late}>
            <UploadList query={query} found={found} navigate={navigate} />
          </div>
        )}
    </SymbolsFrame>
  );
}

interface FiltersProps {
  readonly query: UploadsQuery;
  readonly canViewAll: boolean;
  readonly navigate: (path: string) => void;
  readonly children: string;
}

export function Filters({ query, canViewAll, navigate, children }: FiltersProps): VNode {
  const texts = [
    { name: 'key', label: 'File name or debug id', value: query.key },
    ...(canViewAll || query.user !== '' ? [{ name: 'user', label: 'Uploader', value: query.user }] : []),
    { name: 'product', label: 'Product', value: query.product },
  ];
  const isFiltered = query.key !== '' || query.user !== '' || query.product !== '';
  return (
    <div class="status-line">
      <p><strong role="status">{children}</strong></p>
      <Choices label="Class" choices={[
        { text: 'All', href: uploadsPath(query, { class: undefined }), chosen: query.class === undefined },
        { text: 'Regular', href: uploadsPath(query, { class: 'regular' }), chosen: query.class === 'regular' },
        { text: 'Try', href: uploadsPath(query, { class: 'try' }), chosen: query.class === 'try' },
      ]} />
      <Choices label="Status" choices={[
        { text: 'Any', href: uploadsPath(query, { complete: undefined }), chosen: query.complete === undefined },
        { text: 'Complete', href: uploadsPath(query, { complete: true }), chosen: query.complete === true },
        { text: 'Not complete', href: uploadsPath(query, { complete: false }), chosen: query.complete === false },
      ]} />
      <TextFilter
        fields={texts}
        onFilter={(values) => navigate(uploadsPath(query, values))}
        clearHref={isFiltered ? uploadsPath(query, { key: '', user: '', product: '' }) : undefined}
      />
    </div>
  );
}

interface UploadListProps {
  readonly query: UploadsQuery;
  readonly found: Found;
  readonly navigate: (path: string) => void;
}

export function UploadList({ query, found, navigate }: UploadListProps): VNode {
  const columns = useMemo(() => uploadColumns(query), [query]);
  if (found.uploads.length === 0) return <NoUploads query={query} total={found.total} />;
  return (
    <>
      <DataTable
        caption="Uploads of symbols"
        name="uploads"
        columns={columns}
        rows={found.uploads}
        rowKey={(upload) => String(upload.id)}
        onOpen={(upload) => navigate(uploadPath(upload.id))}
      />
      <Paging query={query} found={found} />
    </>
  );
}

function NoUploads({ query, total }: { query: UploadsQuery; total: number }): VNode {
  if (total > 0) {
    return <EmptyList title="The list ends before this page"><p><a href={uploadsPath(query)}>Go to its beginning</a></p></EmptyList>;
  }
  const filters = uploadFilters(query);
  if (filters.length === 0) {
    return <EmptyList title="No symbols were uploaded"><p>What <code>cairn symbols upload</code> sends appears here.</p></EmptyList>;
  }
  return (
    <EmptyList title="No upload matches">
      <p>None has {filters.map(({ words }) => words).join(' and ')}.</p>
      {filters.map(({ words, without }) => <p key={words}><a href={without}>Search without {words}</a></p>)}
    </EmptyList>
  );
}

function Paging({ query, found }: { query: UploadsQuery; found: Found }): VNode {
  const first = query.page * found.pageSize;
  const last = first + found.uploads.length;
  return (
    <nav class="paging" aria-label="Pages">
      <span>{formatCount(first + 1)}–{formatCount(last)} of {formatCount(found.total)}</span>
      {query.page > 0 && <a href={uploadsPath(query, { page: query.page - 1 })}>‹ Previous</a>}
      {last < found.total && <a href={uploadsPath(query, { page: query.page + 1 })}>Next ›</a>}
      <a class="api" href={uploadsApiPath(query)} target="_blank" rel="noreferrer">Same data as JSON</a>
    </nav>
  );
}
