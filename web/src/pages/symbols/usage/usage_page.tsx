// What symbols take: by product and class, and what lies there under several names.
import type { VNode } from 'preact';
import { askUsage, kUsageApiPath, recentUsage, type DuplicateGroup, type SymbolUsage, type UsageRow } from '../../../api/symbol_usage';
import { kAllUploads, uploadsPath } from '../../../api/uploads_query';
import { countOf, formatBytes, formatCount } from '../../../base/format';
import { isPassing, problemWords } from '../../../base/problem';
import { DataTable, type Column } from '../../../widgets/data_table';
import { EmptyList } from '../../../widgets/empty_list';
import { Loading, ProblemView } from '../../../widgets/problem_view';
import { useRemote } from '../../../widgets/use_remote';
import { useTimer } from '../../../widgets/use_timer';
import { useTitle } from '../../../widgets/use_title';
import { DebugId } from '../debug_id';
import { SymbolsFrame } from '../symbols_frame';
import { Unit } from '../unit';
import { kUploadWords } from '../words';

const kRetryMs = 4000;

export function UsagePage(): VNode {
  const { value, problem, askAgain } = useRemote<SymbolUsage>({ key: kUsageApiPath, ask: askUsage, recent: recentUsage() });
  useTimer(problem !== undefined && isPassing(problem.kind) ? kRetryMs : null, askAgain);
  useTitle('Symbol usage');
  return (
    <SymbolsFrame tab="/symbols/usage" title="Symbol usage" onMoved={askAgain}>
      {value !== undefined && problem !== undefined && <p class="trouble" role="alert">{problemWords(problem.kind).title}.</p>}
      {value !== undefined ? <UsageView usage={value} />
        : problem === undefined ? <Loading /> : <ProblemView problem={problem} words={kUploadWords} />}
    </SymbolsFrame>
  );
}

export function UsageView({ usage: { rows, duplicates } }: { usage: SymbolUsage }): VNode {
  if (rows.length === 0) {
    return <EmptyList title="No symbols are stored"><p>What <code>cairn symbols upload</code> sends is counted here.</p></EmptyList>;
  }
  const sum = (numberOf: (row: UsageRow) => number): number => rows.reduce((total, row) => total + numberOf(row), 0);
  return (
    <>
      <p class="total">
        <strong>{countOf(sum((row) => row.files), 'file', 'files')}</strong> of {formatBytes(sum((row) => row.size))},
        which take <strong>{formatBytes(sum((row) => row.storedSize))}</strong> on the disk.
      </p>
      <DataTable
        caption="Symbols by product and class"
        name="usage"
        columns={kUsageColumns}
        rows={rows}
        rowKey={(row) => JSON.stringify([row.product, row.isTry])}
      />
      <Duplicates groups={duplicates} />
      <p class="paging"><a class="api" href={kUsageApiPath} target="_blank" rel="noreferrer">Same data as JSON</a></p>
    </>
  );
}

const kUsageColumns: readonly Column<UsageRow>[] = [
  { name: 'product', title: 'Product', value: ({ product }) => product, cell: productCell },
  { name: 'class', title: 'Class', value: ({ isTry }) => (isTry ? 'try' : 'regular'), cell: ({ isTry }) => (isTry ? 'try' : 'regular') },
  { name: 'count', title: 'Files', value: ({ files }) => files, cell: ({ files }) => <>{formatCount(files)}<Unit text="files" /></> },
  { name: 'size', title: 'Size', hint: 'Unpacked', unit: 'bytes', value: ({ size }) => size, cell: ({ size }) => <Bytes bytes={size} unit="unpacked" /> },
  { name: 'stored', title: 'On disk', unit: 'bytes', value: ({ storedSize }) => storedSize, cell: ({ storedSize }) => <Bytes bytes={storedSize} unit="on disk" /> },
  {
    name: 'skipped', title: 'Came again', hint: 'Files that were uploaded once more and were not stored again', value: ({ skipped }) => skipped,
    cell: ({ skipped }) => <>{formatCount(skipped)}<Unit text="came again" /></>,
  },
  { name: 'kept', title: 'Kept', unit: 'days', value: ({ daysKept }) => daysKept, cell: ({ daysKept }) => <><Unit text="kept" />{keptWords(daysKept)}</> },
];

function productCell({ product, isTry }: UsageRow): VNode {
  if (product === undefined) return <span class="quiet">no product</span>;
  return <a href={uploadsPath(kAllUploads, { product, class: isTry ? 'try' : 'regular' })} title="Its uploads"><bdi>{product}</bdi></a>;
}

function Bytes({ bytes, unit }: { bytes: number; unit: string }): VNode {
  return <span title={countOf(bytes, 'byte', 'bytes')}>{formatBytes(bytes)}<Unit text={unit} /></span>;
}

function keptWords(days: number | undefined): string {
  if (days === undefined) return '';
  return days === 0 ? 'for ever' : countOf(days, 'day', 'days');
}

function Duplicates({ groups }: { groups: readonly DuplicateGroup[] }): VNode | null {
  if (groups.length === 0) return null;
  return (
    <section class="duplicates">
      <h2>The same bytes under several names</h2>
      <DataTable caption="The same bytes under several names" name="copies" columns={kDuplicateColumns} rows={groups} rowKey={(group) => group.hash} />
    </section>
  );
}

const kDuplicateColumns: readonly Column<DuplicateGroup>[] = [
  { name: 'id', title: 'SHA-256', value: ({ hash }) => hash, cell: ({ hash }) => <DebugId id={hash} /> },
  { name: 'count', title: 'Names', value: ({ files }) => files, cell: ({ files }) => <>{formatCount(files)}<Unit text="names" /></> },
  { name: 'stored', title: 'On disk', hint: 'All of them together', unit: 'bytes', value: ({ storedSize }) => storedSize, cell: ({ storedSize }) => <Bytes bytes={storedSize} unit="on disk" /> },
];
